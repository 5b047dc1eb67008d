"""Everything can be done without a mouse, and one always sees where one is."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from teams.models import Team
from tests.browser.visitor import Visitor
from tests.factories import PASSWORD, administrator, environment, team

FOCUSED = """() => {
    const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const seen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0;
    return [(element.textContent || element.name || element.tagName).trim(), outlined && seen];
}"""


@pytest.fixture(autouse=True)
def landscape(assert_nothing_outside: None) -> None:
    administrator("ingrid.holm", password=PASSWORD)
    environment("Development")
    team("Payments")


def test_one_signs_in_and_makes_a_team_by_keyboard_alone(visit: Callable[..., Visitor]) -> None:
    page = visit().page
    page.goto("/")
    assert focused(page) == "username"
    page.keyboard.type("ingrid.holm")
    tabs_to(page, "password")
    page.keyboard.type(PASSWORD)
    enter(page)

    for link in ("User management", "Teams", "New team"):
        tabs_to(page, link)
        enter(page)
    tabs_to(page, "name")
    page.keyboard.type("Logistics")
    tabs_to(page, "Create team")
    enter(page)

    expect(page.locator("h1")).to_have_text("Logistics")
    assert Team.objects.filter(name="Logistics").exists()


def test_the_first_stop_of_every_page_leads_past_the_bar(visit: Callable[..., Visitor]) -> None:
    page = visit("ingrid.holm").page
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_one_sees_every_stop_on_the_way_through_a_page(visit: Callable[..., Visitor], scheme: str) -> None:
    page = visit("ingrid.holm").page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for address in ("/audit-logs/", "/roles/new/", "/teams/"):
        page.goto(address)
        stops = [focused(page) for _ in through(page)]
        assert len(stops) > 8, stops


def test_an_event_is_opened_and_closed_by_keyboard(visit: Callable[..., Visitor]) -> None:
    page = visit("ingrid.holm").page
    page.goto("/audit-logs/")
    row = page.locator("table.log tbody a[aria-expanded]").first
    row.focus()
    page.keyboard.press("Enter")
    opened = page.locator("a[aria-expanded=true]")
    expect(opened).to_have_count(1)
    expect(page.locator("tr.detail")).to_be_visible()
    opened.focus()
    page.keyboard.press("Enter")
    expect(page.locator("tr.detail")).to_have_count(0)


def enter(page: Page) -> None:
    """Press Enter where it leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tabs_to(page: Page, name: str) -> None:
    """Press Tab until the element with this text or name has the focus."""
    for _ in through(page):
        if focused(page) == name:
            return
    raise AssertionError(f"{name} is not reached by Tab at {page.url}.")


def through(page: Page) -> Iterator[None]:
    """Press Tab again and again, to the end of the page."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return
        yield
    raise AssertionError(f"Tab comes to no end at {page.url}.")


def focused(page: Page) -> str:
    """Return the text or name of what has the focus, and make sure that one sees so."""
    name, is_seen = page.evaluate(FOCUSED)
    assert is_seen, f"The focus on {name!r} cannot be seen at {page.url}."
    return str(name)
