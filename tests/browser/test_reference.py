"""The API's reference is drawn in the browser, from files of our own, within the site's policy, and tries the API."""

from collections.abc import Callable
from urllib.parse import urlsplit

from tests.browser.visitor import Visitor
from tests.factories import PASSWORD, administrator


def test_the_reference_is_drawn_and_tries_the_api(visit: Callable[..., Visitor]) -> None:
    administrator("ingrid.holm", password=PASSWORD)
    ingrid = visit("ingrid.holm")
    answer = ingrid.open("/api-reference/")
    assert "unsafe" not in answer.headers["content-security-policy"]
    ingrid.page.get_by_text("The whole record: by pages, as a feed, or as a file").wait_for()
    ingrid.page.get_by_text("Who is asking").click()
    ingrid.page.get_by_role("button", name="Try it out").click()
    with ingrid.page.expect_response(lambda response: urlsplit(response.url).path == "/api/v1/me") as tried:
        ingrid.page.get_by_role("button", name="Execute").click()
    assert tried.value.json()["username"] == "ingrid.holm"  # the session is the caller
