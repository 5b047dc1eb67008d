"""DATABASE_URL: read it, or say what is wrong with it without repeating it, because it may hold a password."""

from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

EXAMPLE = "postgresql://user:password@host:5432/database"


def parse(url: str) -> dict[str, Any]:
    """Return Django's settings for the PostgreSQL database at `url`."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise refused("it does not begin with postgresql:// and this console runs on PostgreSQL only")
    try:
        settings: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError:
        raise refused(
            "it cannot be read; is the port a number, and are characters like @ : / # in the password percent-encoded?"
        ) from None
    if not settings["NAME"]:
        raise refused("the name of the database is missing at its end")
    if "/" in settings["NAME"] and "@" in settings["NAME"]:
        raise refused("the password holds a / that is not percent-encoded (write %2F)")
    return settings


def refused(reason: str) -> ImproperlyConfigured:
    """Return the error for a malformed address."""
    return ImproperlyConfigured(f"DATABASE_URL is malformed: {reason}. Write it like {EXAMPLE}")
