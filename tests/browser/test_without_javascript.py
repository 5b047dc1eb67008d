"""Every page shows all it has without JavaScript. That its buttons and links work: tests/forms, without a browser."""

from collections.abc import Callable

import pytest

from tests.browser.everything import Everything
from tests.browser.visitor import Visitor

REFUSED = {"a log that cannot be read so", "nothing there"}
UNSEEN = """() => [...document.querySelectorAll("main, main *")].filter(element =>
    [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())
    && !element.closest(".visually-hidden, .filters .optional, option, details:not([open]) > :not(summary)")
    && !element.checkVisibility({opacityProperty: true, visibilityProperty: true})
).map(element => element.textContent.trim())"""


@pytest.fixture
def everything(assert_nothing_outside: None) -> Everything:
    return Everything()


def test_every_page_shows_all_that_it_has(everything: Everything, visit: Callable[..., Visitor]) -> None:
    ingrid = visit("ingrid.holm", javascript=False)
    wrong = {}
    for name, address in everything.pages().items():
        answer = ingrid.open(address)
        unseen = ingrid.page.evaluate(UNSEEN)
        if unseen or answer.ok == (name in REFUSED) or not ingrid.page.locator("main h1").is_visible():
            wrong[name] = (answer.status, unseen)
    assert wrong == {}
    assert ingrid.page.evaluate("window.htmx") is None
