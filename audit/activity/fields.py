"""Model fields that the record treats specially."""

from django.db import models


class SecretCharField(models.CharField[str, str]):
    """Text whose change is recorded, but whose value is never shown or stored in the record."""
