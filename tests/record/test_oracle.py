"""Page, API, feed and file never differ: random people and filters, against an oracle that goes through every event.

The oracle reads events one by one in Python; it shares no query with what it checks.
"""

import csv
import io
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.test import Client, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.activity import kind_of
from audit.filters import PARAMETERS
from audit.models import Event
from tests.allowances import PLENTY
from tests.audit.events import event
from tests.audit.test_log_visibility import Landscape, Oracle, World, worlds
from tests.databases import undone
from tests.record.caller import BASE, reader
from tests.record.test_feed import settle

START = datetime(2026, 11, 10, 12, tzinfo=UTC)
SENTENCES = ("Portal deployed", "Ledger tagged", "Role of andrea.fleet changed")
CHANNELS, OUTCOMES, ADDRESSES = (
    ("browser", "api", "command"),
    ("succeeded", "failed", "refused"),
    ("", "192.0.2.1"),
)


@dataclass(frozen=True)
class Made:
    """An event to make: its actor and subjects by number."""

    sentence: str
    actor: int
    subjects: tuple[int, ...]
    day: int
    is_update: bool
    outcome: str
    channel: str
    ip: str


made = st.builds(
    Made,
    sentence=st.sampled_from(SENTENCES),
    actor=st.integers(0, 1),
    subjects=st.lists(st.integers(0, 13), max_size=2, unique=True).map(tuple),
    day=st.integers(0, 3),
    is_update=st.booleans(),
    outcome=st.sampled_from(OUTCOMES),
    channel=st.sampled_from(CHANNELS),
    ip=st.sampled_from(ADDRESSES),
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "message": st.sampled_from(["portal", "role fleet", "deploy", "tagged portal"]),
        "user": st.integers(0, 1),
        "kind": st.sampled_from(["environment", "role", "team", "application"]),
        "updates": st.just("1"),
        "failed": st.just("1"),
        "outcome": st.sampled_from(OUTCOMES),
        "channel": st.sampled_from(CHANNELS),
        "since": st.integers(0, 3),
        "until": st.integers(0, 3),
        "not_channel": st.sampled_from(CHANNELS),
        "subject": st.integers(0, 13),
        "ip": st.just("192.0.2.1"),
    },
)


def fits(one: Made, asked: dict[str, Any], kinds: list[str]) -> bool:
    """Whether an event fits the filters, said in plain Python."""
    words = re.split(r"\W+", one.sentence.lower())
    wanted = asked.get("message", "").split()
    return (
        all(any(word.startswith(each) for word in words) for each in wanted)
        and asked.get("user") in (None, one.actor)
        and asked.get("kind") in (None, kinds[one.subjects[0]] if one.subjects else "")
        and (one.is_update or "updates" not in asked)
        and (one.outcome != "succeeded" or "failed" not in asked)
        and asked.get("outcome") in (None, one.outcome)
        and asked.get("channel") in (None, one.channel)
        and asked.get("since", 0) <= one.day <= asked.get("until", 3)
        and asked.get("not_channel") != one.channel
        and asked.get("subject") in (None, *one.subjects)
        and asked.get("ip") in (None, one.ip)
    )


def parameters(
    asked: dict[str, Any], actors: list[models.Model], things: list[models.Model]
) -> dict[str, str]:
    """Return the filters as an address says them, within the days of the test."""
    thing = things[asked.get("subject", 0)]
    day = {
        name: (START + timedelta(days=asked.get(name, number))).date()
        for name, number in (("since", 0), ("until", 3))
    }
    told = {"user": actors[asked.get("user", 0)].pk, "subject": f"{kind_of(thing).name}:{thing.pk}"}
    return {
        **{name: str(told.get(name, value)) for name, value in asked.items()},
        **{k: str(v) for k, v in day.items()},
    }


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(world=worlds, events=st.lists(made, min_size=6, max_size=12), asked=filters)
def test_page_api_and_file_are_what_the_oracle_says(
    db: None, world: World, events: list[Made], asked: dict[str, Any]
) -> None:
    with undone(), override_settings(API_LIMITS=PLENTY):
        compare(Landscape(world), Oracle(world), events, asked)


def compare(landscape: Landscape, oracle: Oracle, events: list[Made], asked: dict[str, Any]) -> None:
    things = landscape.things
    actors = [landscape.reader, next(thing for thing in things if str(thing) == "Other")]
    kinds = [kind_of(thing).name for thing in things]
    numbers = {
        event(
            one.sentence,
            by=actors[one.actor],
            about=[things[index] for index in one.subjects],
            at=START + timedelta(days=one.day),
            is_update=one.is_update,
            outcome=one.outcome,
            channel=one.channel,
            ip=one.ip,
        ).pk: one
        for one in events
    }
    expected = sorted(number for number, one in numbers.items() if fits(one, asked, kinds))
    client = Client()
    client.force_login(landscape.reader)
    query = parameters(asked, actors, things)
    if asked.get("since", 0) > asked.get("until", 3):
        assert client.get(f"{BASE}/events", query).status_code == (400 if oracle.reads_everything else 403)
        return
    answers = {
        "api": browsed(client, query),
        "csv": [int(row["id"]) for row in csv.DictReader(io.StringIO(sent(client, query, "text/csv")))],
        "lines": [
            json.loads(line)["id"] for line in sent(client, query, "application/x-ndjson").splitlines()
        ],
    }
    if set(asked) <= set(PARAMETERS):
        page = client.get(f"/audit-logs/?{urlencode(query)}").content.decode()
        answers["page"] = [int(number) for number in re.findall(r'<tr[^>]* id="e(\d+)"', page)]
    visible = expected if oracle.reads_everything else []
    assert {name: sorted(found) for name, found in answers.items()} == dict.fromkeys(answers, visible)
    for number, one in numbers.items():
        about = {
            key
            for key, index in landscape.numbers.items()
            if any(key == (kinds[i], things[i].pk) for i in one.subjects)
        }
        status = client.get(f"{BASE}/events/{number}").status_code
        assert status == (200 if landscape.readable(oracle, about) else 404)


def browsed(client: Client, query: dict[str, str]) -> list[int]:
    """Read all pages, two events at a time."""
    found, answer = [], client.get(f"{BASE}/events", {**query, "limit": "2"}).json()
    while True:
        found += [one["id"] for one in answer.get("events", [])]
        if not answer.get("next"):
            return found
        answer = client.get(answer["next"].removeprefix("http://testserver")).json()


def sent(client: Client, query: dict[str, str], media_type: str) -> str:
    """Return the file, or nothing where it is refused."""
    answer: Any = client.get(f"{BASE}/events", query, headers={"Accept": media_type})
    return b"".join(answer.streaming_content).decode() if answer.status_code == 200 else ""


def test_the_feed_keeps_what_browsing_keeps(committed_db: None) -> None:
    """The same filters, from the beginning on and in commit order."""
    siem = reader()
    for number in range(30):
        event(
            SENTENCES[number % 3],
            channel=CHANNELS[number % 2],
            outcome=OUTCOMES[number % 3],
            is_update=number % 4 > 0,
        )
    siem.get("/events")
    siem.get("/events", {"cursor": "now"})
    settle()
    for query in (
        {"message": "deployed"},
        {"channel": "api"},
        {"failed": "1", "updates": "1"},
        {"not_channel": "browser"},
    ):
        feed = siem.get("/events", {**query, "cursor": "beginning", "limit": 1000}).json()["events"]
        assert [one["id"] for one in feed] == sorted(siem.events(**query, limit=1000))
        assert feed
    assert Event.objects.count() > 30
