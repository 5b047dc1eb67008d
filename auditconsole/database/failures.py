"""What can be wrong with the database, each said with its remedy."""

from django.db import OperationalError


class DatabaseUnusable(OperationalError):
    """The database cannot be used. The text is for a person: what is wrong and what to do about it."""
