"""DATABASE_URL: read it, or say what is wrong with it without repeating it, because it may hold a password."""

from typing import Any
from urllib.parse import urlsplit

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
    if "@" in settings["NAME"] or "@" in urlsplit(url).query + urlsplit(url).fragment:
        raise refused("the password holds / ? or # and that is not percent-encoded (%2F, %3F, %23)")
    if not settings["NAME"]:
        raise refused("the name of the database is missing at its end")
    return settings


def refused(reason: str) -> ImproperlyConfigured:
    """Return the error for a malformed address."""
    return ImproperlyConfigured(f"DATABASE_URL is malformed: {reason}. Write it like {EXAMPLE}")
