"""Every page is for everybody: by eye, by ear and by keyboard, in light and dark, on a phone."""

import time
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.everything import Everything, routes
from tests.browser.visitor import WIDE, Visitor

PHONE = {"width": 360, "height": 740}
REFUSED = {"a log that cannot be read so": 400, "nothing there": 404}
COLOURS_ONLY = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


@pytest.fixture
def everything(assert_nothing_outside: None) -> Everything:
    return Everything()


def test_every_page_is_accessible_in_light_and_dark_and_fits_a_phone(
    everything: Everything, visit: Callable[..., Visitor]
) -> None:
    ingrid = visit("ingrid.holm", examines=True)
    wait_for(everything.is_deployed)
    pages = everything.pages()
    assert len(pages) > len(list(routes()))
    found = {name: faults(ingrid, address, REFUSED.get(name, 200)) for name, address in pages.items()}
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_no_page_asks_another_site_or_breaks_its_own_policy(
    everything: Everything, visit: Callable[..., Visitor]
) -> None:
    ingrid = visit("ingrid.holm")
    wait_for(everything.is_deployed)
    answers = {name: ingrid.open(address) for name, address in everything.pages().items()}
    for name, answer in answers.items():
        assert answer.status == REFUSED.get(name, 200), name
        assert "default-src 'none'" in answer.headers["content-security-policy"], name
        assert "unsafe" not in answer.headers["content-security-policy"], name
    ingrid.assert_quiet()


def test_the_door_is_accessible_too(visit: Callable[..., Visitor]) -> None:
    stranger = visit(examines=True)
    assert faults(stranger, "/sign-in/", 200) == []
    stranger.press("Sign in")
    assert faults_of_this_page(stranger) == []


def test_a_form_with_faults_is_accessible(everything: Everything, visit: Callable[..., Visitor]) -> None:
    ingrid = visit("ingrid.holm", examines=True)
    for address, button in (("/teams/new/", "Create team"), ("/roles/new/", "Create role")):
        ingrid.open(address)
        ingrid.press(button)
        ingrid.page.get_by_role("alert").wait_for()
        assert faults_of_this_page(ingrid) == []


def faults(visitor: Visitor, address: str, status: int) -> list[str]:
    answer = visitor.open(address)
    if answer.status != status:
        return [f"answers {answer.status}"]
    return faults_of_this_page(visitor)


def faults_of_this_page(visitor: Visitor) -> list[str]:
    """Return what axe finds in light and dark, and whether one would have to scroll sideways on a phone."""
    page, axe = visitor.page, Axe()
    page.emulate_media(color_scheme="light")
    found = axe.run(page).response["violations"]
    page.emulate_media(color_scheme="dark")
    found += axe.run(page, options=COLOURS_ONLY).response["violations"]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    problems = [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]
    return problems + [f"{too_wide} pixels too wide for a phone"] * bool(too_wide)


def wait_for(condition: Callable[[], bool], patience: float = 30) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "The worker does not come to an end."
        time.sleep(0.2)
