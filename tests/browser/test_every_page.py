"""Every page is for everybody: by eye, by ear and by keyboard, in light and dark, on a phone."""

import time
from collections import Counter
from collections.abc import Callable

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Request

from tests.browser.everything import Everything, routes
from tests.browser.visitor import WIDE, Visitor

PHONE = {"width": 360, "height": 740}
DEMOS = {"the design system": "/design-system/"}
REFUSED = {"a log that cannot be read so": 400, "nothing there": 404}
HEAVIEST = 100 * 1024  # bytes over the wire: the page and everything it needs, nothing kept from before
MOST_QUERIES = 12
WATCH_SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver(list => list.getEntries().forEach(entry => { window.shifted += entry.value; }))
        .observe({type: "layout-shift", buffered: true});
"""
# How far one would have to scroll sideways, and how far something stands out of its sheet.
STANDS_OUT = """
    [document.documentElement.scrollWidth - innerWidth,
     ...Array.from(document.querySelectorAll(".sheet"), sheet => sheet.scrollWidth - sheet.clientWidth)]
    .filter(pixels => pixels > 0)
"""
SLOW_LINE = {"offline": False, "latency": 0, "downloadThroughput": 16 * 1024, "uploadThroughput": -1}
COLOURS_ONLY = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


@pytest.fixture
def everything(assert_nothing_outside: None) -> Everything:
    return Everything()


@pytest.mark.usefixtures("worker")
def test_every_page_is_accessible_in_light_and_dark_and_fits_a_phone(
    everything: Everything, visit: Callable[..., Visitor]
) -> None:
    ingrid = visit("ingrid.holm", examines=True)
    wait_for(everything.is_deployed)
    pages = everything.pages() | DEMOS
    assert len(pages) > len(list(routes()))
    found = {name: faults(ingrid, address, REFUSED.get(name, 200)) for name, address in pages.items()}
    assert told(found) == ""


@pytest.mark.usefixtures("worker")
def test_every_page_is_valid_small_and_still_and_stays_within_its_site_and_policy(
    everything: Everything, visit: Callable[..., Visitor]
) -> None:
    ingrid = visit("ingrid.holm")
    ingrid.context.add_init_script(WATCH_SHIFTS)
    ingrid.context.route("**", lambda route: route.continue_())  # nothing comes from the browser's cache then
    weights: list[int] = []
    ingrid.page.on("requestfinished", lambda request: weights.append(weight(request)))
    wait_for(everything.is_deployed)
    found = {}
    for name, address in (everything.pages() | DEMOS).items():
        weights.clear()
        answer = ingrid.open(address)
        found[name] = [
            *(["answers another status"] if answer.status != REFUSED.get(name, 200) else []),
            *policy_faults(answer.headers["content-security-policy"]),
            *html_faults(answer.text()),
            *([f"{sum(weights)} bytes over the wire"] if sum(weights) > HEAVIEST else []),
            *(["moves while it loads"] if ingrid.page.evaluate("window.shifted") > 0 else []),
        ]
    assert told(found) == ""
    ingrid.assert_quiet()


def test_a_page_that_arrives_slowly_is_shown_once_it_is_whole(
    everything: Everything, visit: Callable[..., Visitor]
) -> None:
    ingrid = visit("ingrid.holm")
    ingrid.context.add_init_script(WATCH_SHIFTS)
    line = ingrid.context.new_cdp_session(ingrid.page)
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    for address in ("/roles/", "/deployments/"):
        ingrid.open(address)
        assert ingrid.page.evaluate("window.shifted") == 0


def test_no_page_asks_the_database_much(everything: Everything, unhurried_sessions: None) -> None:
    client = Client()
    client.force_login(everything.ingrid)
    asked = {}
    for name, address in everything.pages().items():
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        asked[name] = sum(1 for query in queries.captured_queries if is_question(query["sql"]))
    assert {name: number for name, number in asked.items() if number > MOST_QUERIES} == {}


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
    """Return what axe finds in light and dark, and how many pixels too wide the page is here and on a phone."""
    page, axe = visitor.page, Axe()
    too_wide = page.evaluate(STANDS_OUT)
    page.emulate_media(color_scheme="light")
    found = axe.run(page).response["violations"]
    page.emulate_media(color_scheme="dark")
    found += axe.run(page, options=COLOURS_ONLY).response["violations"]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    too_wide += page.evaluate(STANDS_OUT)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    problems = [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]
    return problems + [f"{pixels} pixels too wide" for pixels in too_wide]


def told(found: dict[str, list[str]]) -> str:
    """The problems, a page a line; no problems are no text."""
    return "\n".join(f"{name}: {'; '.join(problems)}" for name, problems in found.items() if problems)


def weight(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


def policy_faults(policy: str) -> list[str]:
    wanted = "default-src 'none'" in policy and "unsafe" not in policy
    return [] if wanted else [f"its policy is {policy}"]


def html_faults(text: str) -> list[str]:
    """Return where the page is no valid HTML: what a parser has to guess at, ids that stand there twice, attributes
    that HTML does not have."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(text)
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    ids = Counter(element.get("id") for element in elements)
    unknown = {name for element in elements for name in element.attrib if str(name).startswith("hx-")}
    return [
        *(f"line {place[0]}: {code} {data}" for place, code, data in parser.errors),
        *(
            f"the id {name} stands there {number} times"
            for name, number in ids.items()
            if name and number > 1
        ),
        *(f"write {name} as data-{name}" for name in unknown),
    ]


def is_question(statement: str) -> bool:
    """Say whether a statement counts as a query: one that begins or ends a transaction does not."""
    return not statement.startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT"))


def wait_for(condition: Callable[[], bool], patience: float = 30) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "The worker does not come to an end."
        time.sleep(0.2)
