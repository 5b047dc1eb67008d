"""Everything can be done without a mouse, and one always sees where one is."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from roles.levels import RoleLevel
from roles.models import Level
from roles.services import change_role
from teams.models import Team
from tests.browser.visitor import Visitor
from tests.factories import PASSWORD, administrator, environment, person, role, team
from users.models import User
from users.services import change_default_role

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
    expect(page.get_by_label("Username")).to_be_focused()
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


def test_an_auditor_finds_who_gave_ana_access_to_production_and_when(visit: Callable[..., Visitor]) -> None:
    """In one walk, as somebody does it who comes once a month: from the door to both answers."""
    ingrid, production = User.objects.get(username="ingrid.holm"), environment("Production")
    lead, ana = role("Release Manager"), person("ana.lopes")
    level = {production.pk: RoleLevel(Level.CHANGE_AND_DEPLOY)}
    change_role(lead, by=ingrid, name=lead.name, levels=level)
    change_default_role(ana, by=ingrid, role=lead)
    person("nadia.haddad", role("Auditor", view_audit_logs=True), password=PASSWORD)

    page = visit().page
    page.goto("/")
    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type("nadia.haddad")
    tabs_to(page, "password")
    page.keyboard.type(PASSWORD)
    enter(page)
    expect(page.locator("h1")).to_have_text("Audit logs")
    page.keyboard.press("/")
    page.keyboard.type("ana role changed")
    enter(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    opened = page.locator("tr.open")
    expect(opened).to_contain_text("Role changed from 'Developer' to 'Release Manager'")
    expect(opened).to_contain_text("Ingrid Holm")
    expect(opened.locator("time").first).to_be_visible()

    tabs_to(page, "change log of Release Manager")
    enter(page)
    expect(page.locator("h1")).to_contain_text("Release Manager")
    page.keyboard.press("j")
    while "in environment 'Production'" not in row_of_focus(page):
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("tr.detail")).to_contain_text("Change and Deploy Applications")
    expect(page.locator("tr.open")).to_contain_text("Ingrid Holm")


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


def row_of_focus(page: Page) -> str:
    """Return the text of the row that has the focus."""
    return str(page.evaluate("document.activeElement.closest('tr').textContent"))


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
