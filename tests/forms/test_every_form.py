"""Every form of the site, found by walking its pages: what nobody should type is answered at the field, and kept."""

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.urls import resolve

from audit.activity.views import StepView
from tests.browser.everything import Everything
from tests.databases import undone
from tests.forms.pages import Form, forms_of

HOSTILE: dict[str, Callable[[str], str]] = {
    "missing": lambda _: "",
    "over-long": lambda _: "ä" * 20_000,
    "a NUL": lambda shown: f"{shown}\0b",
    "turned around": lambda shown: f"{shown} 👩‍👩‍👧 <b>\"'& \u202egro.elpmaxe مرحبا",
}
ANSWERS = {200, 302, 403, 409, 422, 429}


@pytest.fixture
def forms(ingrid: Client, everything: Everything) -> dict[str, Form]:
    """Every posted form of every page, by its address."""
    found: dict[str, Form] = {}
    for name, address in everything.pages().items():
        with undone():
            page = ingrid.get(address)
        if page.status_code == 200 and "text/html" in page["Content-Type"] and name != "users:sign_in":
            found |= {form.action: form for form in forms_of(address, page.content.decode())}
    assert len(found) > 40
    return found


def test_every_form_is_stamped_and_no_entry_breaks_it_or_is_lost(
    ingrid: Client, forms: dict[str, Form]
) -> None:
    assert [address for address, form in forms.items() if is_ours(address) and "stamp" not in form.data] == []
    refused, wrong = 0, []
    for address, form in forms.items():
        for what, make in HOSTILE.items() if form.typed else ():
            sent = {name: make(form.data[name]) for name in form.typed}
            with undone():
                answer = ingrid.post(address, {**form.data, **sent})
            if answer.status_code not in ANSWERS:
                wrong.append((address, what, str(answer.status_code)))
            elif answer.status_code == 422:
                refused += 1
                wrong += [(address, what, fault) for fault in faults(address, answer.content.decode(), sent)]
    assert wrong == []
    assert refused > 60


def is_ours(address: str) -> bool:
    return issubclass(getattr(resolve(address).func, "view_class", object), StepView)


def faults(address: str, page: str, sent: dict[str, str]) -> list[str]:
    """Return what a page that refuses lacks: the summary of the faults, or what was typed."""
    again = next((form for form in forms_of(address, page) if form.action == address), Form(address))
    lost = [
        name for name, text in sent.items() if unescape(str(again.data.get(name, ""))).strip() != text.strip()
    ]
    return [f"{name} is lost" for name in lost] + ["no summary"] * ('role="alert"' not in page)
