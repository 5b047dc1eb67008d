"""Forms as a browser holds them: opened once, and sent as they were read, with what somebody changed in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client

TYPED = {"text", "email", "number", "date", "search"}


@dataclass
class Form:
    """A posted form of a page: where it goes, and what it sends if nobody touches it."""

    action: str
    data: dict[str, Any] = field(default_factory=dict)
    typed: set[str] = field(
        default_factory=set
    )  # the fields that one types into, and that show what was typed


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms = address, list[Form]()
        self._form: Form | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "form" and got.get("method") == "post":
            self._form = Form(got.get("action") or self.address)
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, got, self._form)

    def _control(self, tag: str, got: dict[str, str], form: Form) -> None:
        name = got.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in got or self._select not in form.data):
            form.data[self._select] = got.get("value", "")
        elif tag == "textarea":
            self._area, form.data[name] = name, ""
            form.typed.add(name)
        elif tag == "input" and name and ("checked" in got or got["type"] not in ("checkbox", "radio")):
            form.data[name] = got.get("value", "on" if got["type"] == "checkbox" else "")
            if got["type"] in TYPED:
                form.typed.add(name)

    def handle_data(self, data: str) -> None:
        if self._area and self._form:
            self._form.data[self._area] += (
                data.removeprefix("\n") if not self._form.data[self._area] else data
            )

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


def forms_of(address: str, html: str) -> list[Form]:
    """Return the posted forms of a page."""
    reader = _Reader(address)
    reader.feed(html)
    return reader.forms


def form_at(client: Client, address: str) -> Form:
    """Open a page and return its own form: the one that is sent to the page's address."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return own_form(address, answer.content.decode())


def own_form(address: str, html: str) -> Form:
    """Return the form of a page that is sent to the page's own address."""
    (form,) = [one for one in forms_of(address, html) if one.action == address]
    return form
