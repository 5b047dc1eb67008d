"""The references of both APIs are drawn in the browser, from our own files, within the site's policy, and try them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator

from tests.browser.visitor import Visitor
from tests.factories import PASSWORD, SYSTEM, administrator, administrator_role, environment, service_account
from users.services import issue_token


def test_the_references_are_drawn_and_try_the_apis(visit: Callable[..., Visitor]) -> None:
    administrator("ingrid.holm", password=PASSWORD)
    environment("Development")
    _, token = issue_token(service_account("release-bot", administrator_role()), by=SYSTEM)
    ingrid = visit("ingrid.holm")
    answer = ingrid.open("/api-reference/")
    assert "unsafe" not in answer.headers["content-security-policy"]
    ingrid.page.get_by_text("The whole record: by pages, as a feed, or as a file").wait_for()
    body = tried(ingrid, ingrid.page.get_by_text("Who is asking"), "/api/v1/me")
    assert body["username"] == "ingrid.holm"  # the session is the caller

    ingrid.follow("LifeTime API")
    ingrid.page.get_by_role("button", name="Authorize").first.click()
    ingrid.page.get_by_label("Value").fill(token)
    ingrid.page.get_by_label("Apply credentials").click()
    ingrid.page.get_by_role("button", name="Close").first.click()
    operation = ingrid.page.get_by_text("Answer the environments that the caller may enter, in order")
    (found,) = tried(ingrid, operation, "/lifetimeapi/rest/v2/environments/")
    assert found["Name"] == "Development"
    assert not ingrid.complaints


def tried(visitor: Visitor, operation: Locator, address: str) -> Any:
    """What comes back when an operation is tried on the page."""
    operation.click()
    visitor.page.get_by_role("button", name="Try it out").click()
    with visitor.page.expect_response(lambda response: urlsplit(response.url).path == address) as answer:
        visitor.page.get_by_role("button", name="Execute").click()
    return answer.value.json()
