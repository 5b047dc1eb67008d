"""Every page works without JavaScript: what one can press or follow is a form or a link, and is answered by a page."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import html5lib
import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from tests.browser.everything import Everything
from tests.databases import Prepared, undone
from tests.forms.pages import forms_of

ANSWERS = {200, 403, 404, 409, 422, 429}
SUBMITS = {"", "submit"}
OPENED_BY_SCRIPT = {"shortcuts"}  # the help for keys that act only with JavaScript
UNCHECKED = {"checkbox", "radio"}


@dataclass
class Page:
    """A page as a browser without JavaScript has it."""

    name: str
    address: str
    text: str
    tree: Any = field(init=False)

    def __post_init__(self) -> None:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.tree = parser.parse(self.text)
        self.parents = {inner: outer for outer in self.tree.iter() for inner in outer}

    def every(self, *tags: str) -> Iterator[Any]:
        return (element for element in self.tree.iter() if element.tag in tags)

    def around(self, element: Any, tag: str) -> Any:
        """Return the nearest element of this tag around another one."""
        while element is not None and element.tag != tag:
            element = self.parents.get(element)
        return element

    def form_of(self, control: Any) -> Any:
        """Return the form that a control belongs to: the one it names, or the one around it."""
        if named := control.get("form"):
            return next((form for form in self.every("form") if form.get("id") == named), None)
        return self.around(control, "form")

    def sent(self, form: Any, button: Any) -> list[tuple[str, str]]:
        """Return what the form sends as it stands there, if one presses the button."""
        found: list[tuple[str, str]] = []
        for control in self.every("input", "select", "textarea"):
            if self.form_of(control) is form and control.get("name") and "disabled" not in control.attrib:
                found += [(control.get("name"), value) for value in values(control)]
        if button is not None and button.get("name"):
            found.append((button.get("name"), button.get("value") or ""))
        return found


def values(control: Any) -> list[str]:
    """Return what a field sends as it stands there."""
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [option for option in options if "selected" in option.attrib]
        if not chosen and "multiple" not in control.attrib:
            chosen = options[:1]
        return [option.get("value") or "" for option in chosen]
    if control.tag == "textarea":
        return ["".join(control.itertext()).removeprefix("\n")]
    if control.get("type") in UNCHECKED:
        return [control.get("value") or "on"] if "checked" in control.attrib else []
    return [control.get("value") or ""]


@pytest.fixture(scope="module")
def pages(start: Prepared[Everything], django_db_blocker: DjangoDbBlocker) -> list[Page]:
    """Every page but the one to sign in, which is for strangers; tests/browser signs in both ways."""
    client, found = Client(), []
    with django_db_blocker.unblock(), start.begun() as everything, undone():
        client.force_login(everything.ingrid)
        for name, address in everything.pages().items():
            if name != "users:sign_in":
                found.append(Page(name, address, client.get(address).content.decode()))
    return found


def test_whatever_one_can_press_is_of_a_form_and_nothing_waits_for_a_script(pages: list[Page]) -> None:
    assert [fault for page in pages for fault in faults(page)] == []


def faults(page: Page) -> Iterator[str]:
    """Yield what only a script could bring to life."""
    for button in page.every("button"):
        form = page.form_of(button)
        if "hidden" not in button.attrib and (form is None or button.get("type", "") not in SUBMITS):
            yield f"{page.name}: the button {words(button)!r} does nothing"
    for link in page.every("a"):
        address = link.get("href", "")
        lost = address.startswith("#") and not any(e.get("id") == address[1:] for e in page.tree.iter())
        if not address or lost or address.startswith("javascript:"):
            yield f"{page.name}: the link {words(link)!r} leads nowhere"
    for element in page.tree.iter():
        yield from (f"{page.name}: {fault}" for fault in waiting(page, element))


def waiting(page: Page, element: Any) -> Iterator[str]:
    """Yield why an element waits for a script: it is hidden until then, or acts through one alone."""
    if "hidden" in element.attrib and page.around(element, "details") is None:
        yield f"{words(element)!r} is hidden"
    if "hidden" in element.attrib and words(element) != "Keyboard":
        yield f"{words(element)!r} is hidden, and is no opener of the help for the keyboard"
    if element.tag == "dialog" and element.get("id") not in OPENED_BY_SCRIPT:
        yield f"the dialog {element.get('id')!r} stays closed"
    if element.get("role") == "button" and element.tag != "button":
        yield f"{words(element)!r} is called a button and is none"
    asked = element.get("data-hx-get") or element.get("data-hx-post")
    if asked and not same_without_script(page, element, asked):
        yield f"the {element.tag} that asks for {asked} does so by a script alone"


def same_without_script(page: Page, element: Any, asked: str) -> bool:
    """Say whether an element leads there also without a script: as a link, or by a link in it to the page itself."""
    if element.tag == "a":
        led: str = urljoin(page.address, element.get("href", ""))
        return led.partition("#")[0] == urljoin(page.address, asked)
    links = [urljoin(page.address, link.get("href", "")) for link in element.iter("a")]
    return urlsplit(page.address).path in {urlsplit(link).path for link in links}


def words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def test_every_link_leads_to_a_page_or_a_file(ingrid: Client, pages: list[Page]) -> None:
    links: dict[str, tuple[str, str]] = {}
    for page in pages:
        for link in page.every("a"):
            address = urljoin(page.address, link.get("href", "")).partition("#")[0]
            if address.startswith("/") and address != page.address:
                links.setdefault(urlsplit(address).path, (address, page.name))
    assert len(links) > len(pages)
    wrong = []
    for address, where in links.values():
        with undone():
            answer = ingrid.get(address, follow=True)
            # a file is read to its end, as a browser would
            content = b"".join(answer).decode(errors="replace")
        if answer.status_code != 200 or not (is_file(answer) or "<main" in content):
            wrong.append((where, address, answer.status_code))
    assert wrong == []


def is_file(answer: Any) -> bool:
    return bool(answer.streaming or not answer["Content-Type"].startswith("text/html"))


def test_every_button_sends_its_form_and_is_answered_with_a_page(ingrid: Client, pages: list[Page]) -> None:
    pressed: dict[tuple[str, ...], tuple[Page, Any, Any]] = {}
    for page in pages:
        for button in page.every("button"):
            form = page.form_of(button)
            if form is not None and form.get("method") != "dialog":
                address = urljoin(page.address, button.get("formaction") or form.get("action", ""))
                key = (form.get("method", "get"), address, button.get("name", ""), button.get("value", ""))
                pressed.setdefault(key, (page, form, button))
    assert len(pressed) > 70
    wrong = [fault for key, what in pressed.items() for fault in answered(ingrid, key[0], key[1], *what)]
    assert wrong == []


def answered(ingrid: Client, method: str, address: str, page: Page, form: Any, button: Any) -> Iterator[str]:
    """Press a button of a page as it stands there, and yield what is wrong with the answer."""
    data: dict[str, list[str]] = {}
    for name, value in page.sent(form, button):
        data.setdefault(name, []).append(value)
    browser = deepcopy(ingrid)  # pressing "Sign out" takes its session away
    send = browser.post if method == "post" else browser.get
    with undone():
        answer = send(address, data, follow=True)
    text, who = answer.content.decode(), f"{page.name}: {words(button)!r} of {address}"
    if answer.status_code not in ANSWERS:
        yield f"{who} is answered with {answer.status_code}"
    elif "<main" not in text or "<h1" not in text:
        yield f"{who} is answered with no whole page"
    elif answer.status_code in {409, 422}:
        again = next((one for one in forms_of(address, text) if one.action == address), None)
        if again is None:
            yield f"{who} is refused, and its form is gone"
        else:
            lost = {name for name in again.typed if name in data and again.data[name] != data[name][-1]}
            yield from (f"{who} is refused, and {name} is lost" for name in lost)
