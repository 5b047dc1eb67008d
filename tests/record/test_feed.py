"""The feed: commit order, every event exactly once, whoever else is at work and whatever happens to the reader."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client, override_settings

from audit.api import feed
from audit.models import Event
from tests import factories
from tests.allowances import PLENTY
from tests.audit.events import event
from tests.databases import address
from tests.record.caller import Caller, reader
from tests.record.traffic import PAGE, WRITE, Reading, State, bound_read_late, by_number, run


def test_nothing_is_missed_and_nothing_comes_twice(committed_db: None) -> None:
    siem = reader()
    good = [Reading(f"feed {number}", followed(siem)) for number in range(2)]
    bad = [Reading("by number", by_number), Reading("bound read late", bound_read_late)]
    with override_settings(API_LIMITS=PLENTY):
        url = address(str(connection.settings_dict["NAME"]))
        committed = run(url, writers=8, events=1600, readings=[*good, *bad])
    everything = set(Event.objects.values_list("pk", flat=True))
    assert set(committed) <= everything
    assert [(one.missed(everything), one.twice) for one in good] == [(0, 0), (0, 0)]
    # a test that these pass as well would prove nothing
    assert all(one.missed(committed) > 0 for one in bad), [one.missed(committed) for one in bad]


def settle() -> None:
    """Wait until nothing that has committed is held back: other tests have long transactions on the same server."""
    end = time.monotonic() + 60
    while feed.horizon()[1] > 0:
        assert time.monotonic() < end
        time.sleep(0.02)


def now(siem: Caller) -> str:
    """Return where the feed goes on from now, with the visit on record already."""
    siem.get("/events", {"cursor": "now"})
    settle()
    address: str = siem.get("/events", {"cursor": "now"}).json()["next"]
    return address


def followed(siem: Caller) -> Any:
    """The feed as a program reads it: by the address that the last answer named."""

    def select(state: State) -> tuple[list[int], State, bool]:
        caller = Caller(siem.token, client=Client())
        answer = caller.get(state or f"/events?cursor=beginning&limit={PAGE}").json()
        is_complete = answer["is_complete"] and answer["lag_seconds"] == 0
        return [one["id"] for one in answer["events"]], answer["next"], is_complete

    return select


def test_a_cursor_read_again_gives_the_same(committed_db: None) -> None:
    siem = reader()
    now(siem)
    made = [event(f"Event {number}").pk for number in range(7)]
    settle()
    first = siem.get("/events", {"cursor": "beginning", "limit": 3}).json()
    second = siem.get(first["next"]).json()
    event("Later")
    settle()
    assert siem.get(first["next"]).json()["events"] == second["events"]
    assert len(second["events"]) == 3
    numbers = [one["id"] for one in [*first["events"], *second["events"]]]
    while second["events"]:
        second = siem.get(second["next"]).json()
        numbers += [one["id"] for one in second["events"]]
    assert [number for number in numbers if number in made] == made
    assert len(numbers) == len(set(numbers)) == Event.objects.count()
    assert second["is_complete"]
    assert second["next"]


def test_what_has_not_committed_holds_back_what_came_after_it(committed_db: None) -> None:
    siem = reader()
    cursor = now(siem)
    with psycopg.connect(address(str(connection.settings_dict["NAME"]))) as slow:
        ((late,),) = slow.execute(WRITE).fetchall()
        after = event("Committed first").pk
        waiting = siem.get(cursor).json()
        assert after not in [one["id"] for one in waiting["events"]]
        assert waiting["lag_seconds"] > 0
        slow.commit()
    settle()
    answer = siem.get(waiting["next"]).json()
    assert [one["id"] for one in answer["events"]][-2:] == [late, after]
    assert answer["lag_seconds"] == 0


def test_the_cursor_carries_the_filter_and_belongs_to_its_reader(committed_db: None) -> None:
    siem, other, qa = reader("siem"), reader("other"), factories.environment("QA")
    wanted = event("About QA", about=[qa]).pk
    event("About nothing")
    asked = {"cursor": "beginning", "subject": f"environment:{qa.pk}", "channel": "browser"}
    settle()
    answer = siem.get("/events", asked).json()
    assert [one["id"] for one in answer["events"]] == [wanted]
    event("About nothing either")
    later = event("About QA again", about=[qa]).pk
    settle()
    again = siem.get(answer["next"]).json()
    assert [one["id"] for one in again["events"]] == [later]
    for caller, query in (
        (other, f"cursor={answer['cursor']}"),
        (siem, f"cursor={answer['cursor'][:-1]}"),
        (siem, f"cursor={answer['cursor']}&kind=role"),
    ):
        refused = caller.get(f"/events?{query}")
        assert (refused.status_code, refused.json()["code"]) == (400, "parameters-refused")


def test_a_filter_looks_through_so_much_at_a_time(
    committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "WINDOW", 4)
    siem = reader()
    for number in range(10):
        event(f"Common {number}")
    wanted = [event("Rare one").pk, event("Rare two").pk]
    settle()
    answer = siem.get("/events", {"cursor": "beginning", "message": "rare"}).json()
    found, rounds = answer["events"], 1
    while not answer["is_complete"]:
        answer, rounds = siem.get(answer["next"]).json(), rounds + 1
        found += answer["events"]
    assert [one["id"] for one in found] == wanted
    assert rounds > 3


def test_waiting_ends_when_something_happens(committed_db: None) -> None:
    siem = reader()
    cursor = now(siem)
    begun = time.monotonic()
    assert siem.get(f"{cursor}&wait=1").json()["events"] == []
    assert time.monotonic() - begun >= 1

    def follow() -> Any:
        try:
            return Caller(siem.token).get(f"{cursor}&wait=30").json()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(follow)
        time.sleep(0.4)
        made = event("At last").pk
        answer = waiting.result(timeout=60)
    assert [one["id"] for one in answer["events"]] == [made]


def test_only_so_many_wait(committed_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    room = BoundedSemaphore(1)
    monkeypatch.setattr(feed, "_waiting", room)
    siem = reader()
    cursor = now(siem)
    with room:
        begun = time.monotonic()
        assert siem.get(f"{cursor}&wait=20").json()["events"] == []
    assert time.monotonic() - begun < 5
