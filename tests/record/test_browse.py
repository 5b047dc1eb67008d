"""Browsing: newest first, page by page, under every filter; what is asked for wrongly is refused by its name."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from audit.models import Event
from tests import factories
from tests.audit.events import event
from tests.record.caller import Caller, reader

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def siem() -> Caller:
    siem = reader()
    siem.events()  # the visit is on record: nothing more is added by reading on
    return siem


def column(number: int, **columns: Any) -> None:
    """Give an event columns that the console itself would have given it. The test owns the table."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_append_only")
        for name, value in columns.items():
            cursor.execute(f"UPDATE audit_event SET {name} = %s WHERE id = %s", [value, number])  # noqa: S608
        cursor.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_append_only")


def test_pages_follow_each_other_without_gap_or_overlap(siem: Caller) -> None:
    at = datetime.now(UTC)
    made = [event(f"Event {n}", at=at).pk for n in range(25)]  # at the same microsecond: numbers decide
    answer = siem.get("/events", {"limit": 10}).json()
    seen, pages = [], [answer]
    assert answer["previous"] is None
    while answer["next"]:
        answer = siem.get(answer["next"]).json()
        pages.append(answer)
    seen = [one["id"] for page in pages for one in page["events"]]
    assert seen == sorted(
        Event.objects.values_list("pk", flat=True), key=lambda pk: (pk in made, pk), reverse=True
    )
    back = siem.get(pages[2]["previous"]).json()
    assert back["events"] == pages[1]["events"]


def test_an_event_says_everything_that_is_kept(siem: Caller) -> None:
    ana, qa = factories.person("ana.lopes"), factories.environment("QA")
    made = event(
        "Ana Lopes renamed QA", by=ana, about=[qa, ana], at=NOON, links=[(0, 9, 1), (18, 20, 0)],
        outcome="refused", changes={"Name": ["Test", "QA"]}, reason="asked to", ip="192.0.2.7", user_agent="curl",
    )  # fmt: skip
    column(made.pk, changed_fields=["name"])
    found = siem.get(f"/events/{made.pk}").json()
    assert found.pop("request_id") == str(made.request_id)
    assert found == {
        "id": made.pk,
        "at": "2026-11-20T12:00:00.000000Z",
        "activity": "audit.test",
        "sentence": "Ana Lopes renamed QA",
        "is_update": True,
        "outcome": "refused",
        "actor": {"kind": "person", "key": str(ana.pk), "name": "Ana Lopes"},
        "entity": {"kind": "environment", "key": str(qa.pk), "label": "QA"},
        "subjects": [
            {"kind": "environment", "key": str(qa.pk), "label": "QA"},
            {"kind": "user", "key": str(ana.pk), "label": "Ana Lopes"},
        ],
        "links": [[0, 9, 1], [18, 20, 0]],
        "changed_fields": ["name"],
        "changes": [{"field": "Name", "old": "Test", "new": "QA"}],
        "reason": "asked to",
        "channel": "browser",
        "ip": "192.0.2.7",
        "user_agent": "curl",
        "token_key": None,
        "cut": [],
    }


def test_each_filter_keeps_what_it_names(siem: Caller) -> None:
    ana, ben, qa = factories.person("ana.lopes"), factories.person("ben.ode"), factories.environment("QA")
    request = uuid4()
    wanted = event(
        "Portal deployed", by=ana, about=[qa, ben], at=NOON, outcome="failed", channel="api", request_id=request,
        ip="192.0.2.7",
    ).pk  # fmt: skip
    column(wanted, changed_fields=["name", "levels"])
    event("Ledger tagged", by=ben, about=[ana], at=NOON - timedelta(days=3), is_update=False, ip="192.0.2.70")
    filters: dict[str, Any] = {
        "message": "port deploy",
        "user": ana.pk,
        "actor": ana.pk,
        "kind": "environment",
        "subject": f"user:{ben.pk}",
        "outcome": "failed",
        "request": request,
        "changed": "levels",
        "ip": "192.0.2.7",
        "since": "2026-11-20",
        "not_user": ben.pk,
        "not_kind": "user",
        "not_outcome": "succeeded",
        "failed": "1",
        "updates": "1",
    }
    for name, value in filters.items():
        bounds: dict[str, Any] = {"until": "2026-11-21", "not_channel": "command"}
        if name != "since":
            bounds["since"] = "2026-11-01"
        assert siem.events(**{**bounds, name: value}) == [wanted], name


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2026-11-20T12:00:00Z", "2026-11-20T12:00:01Z", True),
        ("2026-11-20T13:00:00+01:00", "2026-11-20T12:00:00.000001Z", True),
        ("2026-11-20T12:00:00.000001Z", "2026-11-21", False),
        ("2026-11-19", "2026-11-20T12:00:00Z", False),
        ("2026-11-20", "2026-11-20", True),
    ],
)
def test_times_are_instants_or_days(siem: Caller, since: str, until: str, found: bool) -> None:
    made = event("At noon", at=NOON).pk
    assert siem.events(since=since, until=until) == ([made] if found else [])


def test_a_day_is_one_of_the_readers(siem: Caller) -> None:
    assert siem.account is not None
    made = event("Late in New York", at=datetime(2026, 11, 21, 3, tzinfo=UTC)).pk
    assert siem.events(since="2026-11-20", until="2026-11-20") == []
    type(siem.account).objects.filter(pk=siem.account.pk).update(time_zone="America/New_York")
    assert siem.events(since="2026-11-20", until="2026-11-20") == [made]


def test_counting_is_bounded(siem: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        event(f"Counted {n}")
    assert siem.get("/events", {"message": "counted", "count": 1}).json()["count"] == {
        "events": 4,
        "is_exact": True,
    }
    monkeypatch.setattr("audit.paging.COUNT_LIMIT", 3)
    assert siem.get("/events", {"message": "counted", "count": 1}).json()["count"] == {
        "events": 3,
        "is_exact": False,
    }
    assert "count" not in siem.get("/events").json()


@pytest.mark.parametrize(
    ("query", "code", "parameter", "position"),
    [
        ("limit=10&colour=red", "unknown-parameter", "colour", 9),
        ("limit=1&limit=2", "repeated-parameter", "limit", 8),
        ("limit=0", "invalid-parameter", "limit", 0),
        ("limit=1001", "invalid-parameter", "limit", 0),
        (f"limit={'9' * 5000}", "invalid-parameter", "limit", 0),
        ("limit=%D9%A1", "invalid-parameter", "limit", 0),
        ("count=yes", "invalid-parameter", "count", 0),
        ("since=2026-11-20T12:00:00", "invalid-parameter", "since", 0),
        ("since=2026-02-30", "invalid-parameter", "since", 0),
        ("since=0001-01-01", "invalid-parameter", "since", 0),
        ("since=9999-12-31T23:59:59-23:00", "invalid-parameter", "since", 0),
        ("since=2026-11-20&until=2026-11-19", "invalid-parameter", "until", 17),
        ("kind=roles", "invalid-parameter", "kind", 0),
        ("actor=me", "invalid-parameter", "actor", 0),
        ("subject=role", "invalid-parameter", "subject", 0),
        ("subject=rule:6f9619ff-8b86-4011-b42d-00c04fc964ff", "invalid-parameter", "subject", 0),
        ("activity=roles.role.renamd", "invalid-parameter", "activity", 0),
        ("changed=Name", "invalid-parameter", "changed", 0),
        ("ip=300.1.1.1", "invalid-parameter", "ip", 0),
        ("message=%00", "invalid-parameter", "message", 0),
        ("failed=yes", "invalid-parameter", "failed", 0),
        ("older=1", "invalid-cursor", "older", 0),
        ("wait=3", "conflicting-parameter", "wait", 0),
        ("cursor=now&count=1", "conflicting-parameter", "count", 11),
        ("cursor=later", "invalid-cursor", "cursor", 0),
        ("cursor=now&wait=31", "invalid-parameter", "wait", 11),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_by_name_and_position(
    siem: Caller, query: str, code: str, parameter: str, position: int
) -> None:
    answer = siem.get(f"/events?{query}")
    body = json.loads(answer.content)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert (body["code"], body["status"]) == ("parameters-refused", 400)
    (error,) = body["errors"]
    assert (error["code"], error["parameter"], error["position"]) == (code, parameter, position)
    assert error["detail"]


def test_an_event_is_sent_again_only_if_it_differs(siem: Caller) -> None:
    made = event("Kept").pk
    first = siem.get(f"/events/{made}")
    again = siem.get(f"/events/{made}", headers={"If-None-Match": first["ETag"]})
    assert first["ETag"].startswith('"')
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert siem.get(f"/events/{made}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_reading_is_on_record_once_a_visit() -> None:
    siem, qa = reader(), factories.environment("QA")
    for _ in range(3):
        siem.events()
        siem.events(f"/environments/{qa.pk}/change-log")
        siem.events(f"/service-accounts/{siem.account.pk}/activity-log")  # type: ignore[union-attr]
    read = Event.objects.by_actor(siem.account.pk).order_by("id")  # type: ignore[union-attr]
    assert [str(one) for one in read] == [
        "Viewed the audit logs",
        "Viewed the change log of environment 'QA'",
        "Viewed the activity log of service account 'siem'",
    ]
