"""Turning the pages of a log: nothing missing and nothing twice, both ways, whatever comes in meanwhile."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from audit import log_view, paging, searching
from audit.models import Event
from audit.paging import Log, Place
from infrastructure.models import Environment
from roles.models import Level
from tests import factories
from tests.audit.events import event
from users.models import User

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
WHOLE = "/audit-logs/?since="


@pytest.fixture
def place() -> Environment:
    return factories.environment("Production")


def link(page: str, rel: str) -> str:
    """The address behind Newer (prev) or Older (next); nothing if there is no such page."""
    found = re.search(rf'<a href="([^"]*)" rel="{rel}"', page)
    return found.group(1).replace("&amp;", "&") if found else ""


def shown(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<tr[^>]* id="e(\d+)"', page)]


def walk(client: Client, address: str, rel: str) -> tuple[list[list[int]], str]:
    """Follow the links until there is none; return the pages and the last page's text."""
    path, pages = address.split("?")[0], []
    while True:
        page = client.get(address).content.decode()
        pages.append(shown(page))
        if not (following := link(page, rel)):
            return pages, page
        address = path + following


@pytest.mark.parametrize("same_instant", [True, False])
def test_pages_down_and_up_hold_every_event_once(
    client: Client, place: Environment, same_instant: bool
) -> None:
    # the second half of them came in between the first half, so that ids and times do not run together
    made = [
        event(about=[place], at=NOON if same_instant else NOON + timedelta(seconds=(n * 7) % 130))
        for n in range(130)
    ]
    order = [e.pk for e in sorted(made, key=lambda e: (e.at, e.pk), reverse=True)]
    address = f"/audit-logs/?until={NOON.date()}"
    down, bottom = walk(client, address, "next")
    assert [len(page) for page in down] == [50, 50, 30]
    assert list(chain.from_iterable(down)) == order
    up, _ = walk(client, "/audit-logs/" + link(bottom, "prev"), "prev")
    assert up == [down[1], down[0]]


def test_a_full_page_alone_has_no_neighbours(client: Client, place: Environment) -> None:
    for _ in range(50):
        event(at=NOON)
    page = client.get(f"/audit-logs/?until={NOON.date()}").content.decode()
    assert len(shown(page)) == 50
    assert (link(page, "prev"), link(page, "next")) == ("", "")


def test_what_comes_in_moves_nothing_below(client: Client, place: Environment) -> None:
    for n in range(60):
        event(about=[place], at=NOON + timedelta(seconds=n))
    address = f"/change-log/environment/{place.pk}/"
    before = [e.pk for e in Event.objects.about("environment", place.pk).newest_first()]
    first = client.get(address).content.decode()
    event("Something new", about=[place])
    second = client.get(address + link(first, "next")).content.decode()
    assert shown(first) + shown(second) == before


def test_a_newer_page_that_is_not_full_is_the_first(client: Client, place: Environment) -> None:
    made = [event(at=NOON + timedelta(seconds=n)) for n in range(55)]
    address = f"/audit-logs/?until={NOON.date()}&newer={Place.of(made[50])}"
    assert shown(client.get(address).content.decode()) == [e.pk for e in made[:4:-1]]


def test_beyond_the_end_there_is_a_way_back(client: Client, place: Environment) -> None:
    oldest = event(at=datetime(1971, 1, 1, tzinfo=UTC))
    response = client.get(f"{WHOLE}&older={Place.of(oldest)}")
    assert response.status_code == 200
    assert "Nothing beyond this place" in response.content.decode()


def test_filters_stay_while_pages_turn(client: Client, reader: User) -> None:
    for n in range(60):
        event(f"wanted {n}", by=reader, at=NOON)
        event(f"other {n}", at=NOON)
    page = client.get(f"{WHOLE}&message=wanted&user={reader.pk}").content.decode()
    second = client.get("/audit-logs/" + link(page, "next")).content.decode()
    assert len(shown(second)) == 10
    assert "other" not in second[second.index("<tbody") :]
    assert "Displaying 60 events." in second


def altered(change: Callable[[str], str]) -> str:
    return change(str(Place(NOON, 7)))


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "~",
        altered(lambda token: token[:-1]),
        altered(lambda token: token[:-1] + ("A" if token[-1] != "A" else "B")),
        altered(lambda token: "A" + token),
        altered(lambda token: token.split("~")[0]),
        altered(lambda token: token.split("~")[0] + "~" + "A" * 43),
        signing.Signer(salt="somewhere else", sep="~").sign_object([0, 0]),
        "é" * 10,
        "A" * 5000,
    ],
)
@pytest.mark.parametrize("direction", ["older", "newer"])
def test_a_place_nobody_gave_out_is_refused(client: Client, token: str, direction: str) -> None:
    response = client.get("/audit-logs/", {direction: token})
    assert response.status_code == 400
    assert escape(f"“{direction}” is no place in this log") in response.content.decode()


def test_two_places_at_once_are_refused(client: Client, place: Environment) -> None:
    token = str(Place(NOON, 7))
    for address in ("/audit-logs/", f"/change-log/environment/{place.pk}/"):
        response = client.get(address, {"older": token, "newer": token})
        assert response.status_code == 400
        assert "one place is enough" in response.content.decode()


def test_a_place_survives_its_address() -> None:
    place = Place(datetime(2026, 5, 1, 12, 0, 0, 123_457, tzinfo=UTC), 2**62)
    assert Place.read(str(place)) == place


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 events"), (1, "1 event"), (44, "44 events"), (100, "100 events")]
)
def test_counts_are_exact(number: int, said: str) -> None:
    for _ in range(number):
        event(at=NOON)
    assert Log(Event.objects.filter(at=NOON)).count() == said


def test_counts_stop_at_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "COUNT_LIMIT", 20)
    for _ in range(20):
        event(at=NOON)
    assert Log(Event.objects.filter(at=NOON)).count() == "20 events"
    event(at=NOON)
    assert Log(Event.objects.filter(at=NOON)).count() == "more than 20 events"


def queries(client: Client, address: str) -> int:
    """How many statements the page takes; savepoints are this test's own and not counted."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


@pytest.mark.parametrize("who", ["manager", "auditor", "developer"])
def test_pages_take_the_same_few_statements_whatever_they_show(
    who: str, place: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    levels = {place: Level.FULL_CONTROL}
    reader = {
        "manager": lambda: factories.administrator(),
        "auditor": lambda: factories.person("olga", factories.role("Auditor", view_audit_logs=True)),
        "developer": lambda: factories.person("dora", factories.role("Controller", levels)),
    }[who]()
    client = Client()
    client.force_login(reader)
    addresses = [f"/change-log/environment/{place.pk}/"]
    if who != "developer":
        addresses += ["/audit-logs/", f"/activity-log/user/{reader.pk}/"]
    few = [queries(client, address) for address in addresses]
    crowd(place, reader)
    many = [queries(client, address) for address in addresses]
    if who != "developer":
        monkeypatch.setattr(searching, "NEAR", 1)
        many.append(queries(client, "/audit-logs/?message=a"))
    monkeypatch.setattr(log_view, "VISIT", timedelta(0))  # each opening is recorded now, which takes the most
    opened = [queries(client, f"{address}?open={newest(address, client)}") for address in addresses]
    assert max(few + many + opened) <= 12


def newest(address: str, client: Client) -> int:
    """The newest event of the crowd, whose details ask for everything that details can."""
    last: Event = Event.objects.filter(activity="audit.test").newest_first()[0]
    assert last.pk in shown(client.get(address).content.decode())
    return last.pk


def crowd(place: Environment, reader: User) -> None:
    """Events that name something of nearly every kind, by ever other people, many in one request."""
    request: Any = None
    for n in range(60):
        someone = factories.person(f"person{n}")
        things = [place, factories.role(f"Role {n}"), someone]
        made = event("a b c", by=someone, about=things, links=[(0, 1, 0), (2, 3, 1), (4, 5, 2)])
        changes = {"Name": ["a", "b"], "Purpose": ["c", "d"]}
        event("a", by=reader, about=[place], request_id=request, links=[(0, 1, 0)], changes=changes)
        request = request or made.request_id
