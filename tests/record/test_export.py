"""Files over the API: exactly what the filter keeps, nothing in them runs, little memory, on record before they go."""

import csv
import io
import json
import tracemalloc
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from django.db import connection

from audit.api.exports import CSV, EXCEL, NDJSON
from audit.models import Event
from tests.audit.events import event
from tests.record.caller import Caller, reader

pytestmark = pytest.mark.django_db
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u00a0=1", "\n=1"]


def body(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.content
    whole: bytes = b"".join(answer.streaming_content)
    return whole


def file(siem: Caller, media_type: str, **filters: str) -> bytes:
    return body(siem.get("/events", filters, headers={"Accept": media_type}))


def numbers(media_type: str, content: bytes) -> list[int]:
    if media_type == NDJSON:
        return [json.loads(line)["id"] for line in content.splitlines()]
    if media_type == CSV:
        return [int(row["id"]) for row in csv.DictReader(io.StringIO(content.decode(), newline=""))]
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True)["Events 1"]
    return [int(str(row[-1])) for row in sheet.iter_rows(min_row=2, values_only=True)]


@pytest.mark.parametrize("media_type", [CSV, NDJSON, EXCEL])
def test_a_file_holds_exactly_what_the_filter_keeps_and_is_on_record(media_type: str) -> None:
    siem = reader()
    kept = [event(f"Portal deployed {number}", ip="192.0.2.1").pk for number in range(3)]
    event("Ledger deployed")
    assert numbers(media_type, file(siem, media_type, message="portal", ip="192.0.2.1")) == kept[::-1]
    told = Event.objects.get(activity="audit.logs_downloaded")
    assert str(told).endswith("(message: portal; ip: 192.0.2.1)")
    everything = [*Event.objects.newest_first().values_list("pk", flat=True)]
    found = numbers(media_type, file(siem, media_type))
    assert found[1:] == everything  # and first of all the record of this one


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_runs(formula: str) -> None:
    siem = reader()
    event(formula, reason=formula, changes={formula: [formula, formula]}, user_agent=formula)
    rows = list(
        csv.DictReader(io.StringIO(file(siem, CSV, updates="1", channel="browser").decode(), newline=""))
    )
    assert [rows[0][name] for name in ("sentence", "reason", "user_agent")] == [f"'{formula}"] * 3
    assert rows[0]["changes"].startswith("'")


def test_a_line_is_the_event_as_the_api_tells_it() -> None:
    siem = reader()
    for microsecond in (0, 120_000, 1):
        at = datetime(2026, 11, 20, 12, microsecond=microsecond, tzinfo=UTC)
        made = event("=1+1", at=at, reason="why", changes={"Name": ["a", "b"]})
        line = json.loads(file(siem, NDJSON, since=at.isoformat(), until="2026-11-20").splitlines()[-1])
        assert line == siem.get(f"/events/{made.pk}").json()


def test_what_a_file_cannot_have_is_refused() -> None:
    for name in ("limit=5", "cursor=now", "count=1", "older=x"):
        answer = reader(name).get(f"/events?{name}", headers={"Accept": CSV})
        assert answer.json()["errors"][0]["code"] == "conflicting-parameter", name


def test_memory_does_not_grow_with_the_file() -> None:
    siem = reader()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (activity, actor_kind, entity_kind, is_update, outcome, channel, request_id,"
            " changed_fields, details) SELECT 'audit.test', 'system', '', true, 'succeeded', 'command',"
            " gen_random_uuid(), '{}', json_build_object('actor', 'System', 'sentence', repeat('x', 900))::text"
            " FROM generate_series(1, 16000)"
        )
    answer = siem.get("/events", headers={"Accept": NDJSON})
    tracemalloc.start()
    size = sum(len(piece) for piece in answer.streaming_content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 18_000_000
    assert peak < 9_000_000
