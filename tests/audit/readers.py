"""Reading logs in tests: somebody signed in, the address of a log, the markup of a row."""

import re
from typing import Any

from django.db import models
from django.test import Client

from audit.activity import kind_of
from audit.models import Event
from users.models import User


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(thing: models.Model, log: str = "change-log") -> str:
    return f"/{log}/{kind_of(thing).name}/{thing.pk}/"


def row(page: Any, of: Event) -> str:
    """The markup of the row of an event."""
    text: str = page.content.decode()
    found = re.search(rf'<tr[^>]* id="e{of.pk}">.*?</tr>', text, re.DOTALL)
    assert found, "The event has no row."
    return found.group()


def sentence_of(markup: str) -> str:
    found = re.search(r'<td class="what">(.*?)</td>', markup, re.DOTALL)
    assert found
    return found.group(1).strip()
