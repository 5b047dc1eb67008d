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


def test_an_event_opens_and_closes_in_place_and_keeps_the_focus(visit: Callable[..., Visitor]) -> None:
    visitor = visit("ingrid.holm")
    page = visitor.page
    page.goto("/audit-logs/")
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    row = page.locator("table.log tbody").nth(1).locator("a[aria-expanded]")
    expect(row).to_be_focused()
    before = row.bounding_box()

    page.keyboard.press("Enter")
    expect(row).to_have_attribute("aria-expanded", "true")
    expect(row).to_be_focused()
    expect(page.locator("tr.detail")).to_be_visible()
    assert row.bounding_box() == before
    assert "open=" in page.url, "the address says what is open"
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("tr.detail")).to_have_count(2)
    assert row.bounding_box() == before, "what is read does not move when another row opens"

    page.go_back()
    page.go_forward()
    expect(page.locator("tr.detail")).to_have_count(1)
    expect(page.locator("tr.open a[aria-expanded]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("tr.detail")).to_have_count(0)
    visitor.assert_quiet()


def test_a_row_asked_for_after_signing_out_leads_to_the_door(visit: Callable[..., Visitor]) -> None:
    visitor = visit("ingrid.holm")
    visitor.page.goto("/audit-logs/")
    visitor.context.clear_cookies()
    visitor.page.locator("table.log a[aria-expanded]").first.click()
    expect(visitor.page.get_by_label("Username")).to_be_visible()
    assert "/sign-in/" in visitor.page.url


def test_single_keys_search_and_help_and_can_be_switched_off(visit: Callable[..., Visitor]) -> None:
    page = visit("ingrid.holm").page
    page.goto("/audit-logs/")
    page.keyboard.press("/")
    assert focused(page) == "message"
    page.keyboard.type("j/k?")
    expect(page.get_by_label("Message")).to_have_value("j/k?")

    page.get_by_role("link", name="Reset").focus()
    page.keyboard.press("?")
    help = page.get_by_role("dialog", name="Keyboard")
    expect(help).to_be_visible()
    help.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(help).to_be_hidden()
    expect(page.get_by_role("link", name="Reset")).to_be_focused()
    page.reload()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement === document.body")

    page.locator(".menu summary").click()
    page.get_by_role("button", name="Keyboard").click()
    expect(help.get_by_role("checkbox")).not_to_be_checked()
    help.get_by_role("checkbox").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("table.log a[aria-expanded]").first).to_be_focused()


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
