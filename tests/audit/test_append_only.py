"""The record is append-only: whoever asks, and however they ask."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, DataError, IntegrityError, connection, models, transaction
from django.db.models import F

from audit.models import Event, EventSubject
from tests.factories import role

pytestmark = pytest.mark.django_db

SQL = [
    "UPDATE {} SET at = now()",
    "UPDATE {} SET at = at WHERE false",
    "DELETE FROM {}",
    "DELETE FROM {} WHERE false",
    "TRUNCATE {}",
    "TRUNCATE audit_event, audit_subject CASCADE",
    "TRUNCATE {} RESTART IDENTITY",
    "WITH gone AS (DELETE FROM {} RETURNING *) SELECT count(*) FROM gone",
    "MERGE INTO {} old USING (SELECT 1) new ON true WHEN MATCHED THEN DELETE",
    "MERGE INTO {} old USING (SELECT 1) new ON true WHEN MATCHED THEN UPDATE SET at = now()",
]
IN_REPLICA_ROLE = "SET LOCAL session_replication_role = replica; "


def column(model: type[models.Model]) -> str:
    return "details" if model is Event else "kind"


def touched(manager: Any) -> Any:
    thing = manager.first()
    setattr(thing, column(manager.model), "forged")
    return thing


def dump() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT md5(event::text) FROM audit_event event ORDER BY id")
        events = cursor.fetchall()
        cursor.execute("SELECT md5(subject::text) FROM audit_subject subject ORDER BY 1")
        return [*events, *cursor.fetchall()]


@pytest.mark.parametrize("table", ["audit_event", "audit_subject"])
@pytest.mark.parametrize("prefix", ["", IN_REPLICA_ROLE], ids=["", "in replica role"])
@pytest.mark.parametrize("statement", SQL)
def test_sql_is_refused_even_to_the_owner(table: str, statement: str, prefix: str) -> None:
    role("Tester")
    before = dump()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(prefix + statement.format(table))
    assert dump() == before


@pytest.mark.parametrize("model", [Event, EventSubject])
def test_the_orm_is_refused(model: Any) -> None:
    role("Tester")
    before = dump()
    attempts: dict[str, Callable[[], object]] = {
        "update": lambda: model.objects.update(**{column(model): "forged"}),
        "update with F()": lambda: model.objects.update(at=F("at")),
        "delete": lambda: model.objects.all().delete(),
        "raw delete": lambda: model.objects.all()._raw_delete("default"),
        "delete one": lambda: model.objects.first().delete(),
    }
    if model is Event:
        attempts["save"] = lambda: touched(model.objects).save(update_fields=["details"])
        attempts["bulk_update"] = lambda: model.objects.bulk_update([touched(model.objects)], ["details"])
    for attempt in attempts.values():
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()
    assert dump() == before


def test_an_upsert_is_refused() -> None:
    role("Tester")
    subject = EventSubject.objects.first()
    assert subject is not None
    upsert = (
        "INSERT INTO audit_subject VALUES (%s, %s, %s, %s) ON CONFLICT (kind, entity_key, at, event_id)"
        " DO UPDATE SET kind = 'forged'"
    )
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(upsert, [subject.kind, subject.entity_key, subject.at, subject.event_id])


def test_no_foreign_key_leads_to_or_from_the_record() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND"
            " ('audit_event'::regclass IN (conrelid, confrelid) OR 'audit_subject'::regclass IN (conrelid, confrelid))"
        )
        assert cursor.fetchall() == []


def test_nobody_chooses_an_events_number() -> None:
    with (
        pytest.raises(DatabaseError, match="GENERATED ALWAYS"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO audit_event (id, activity, actor_kind, entity_kind, is_update, outcome, channel,"
            " request_id, changed_fields, details)"
            " VALUES (1, 'x', 'system', '', true, 'succeeded', 'api', gen_random_uuid(), '{}', '')"
        )


@pytest.mark.parametrize(
    ("column_name", "value"),
    [
        ("activity", "''"),
        ("actor_kind", "'god'"),
        ("actor_kind", "'person'"),
        ("outcome", "'maybe'"),
        ("channel", "'fax'"),
        ("entity_key", "gen_random_uuid()"),
        ("changed_fields", "ARRAY[NULL::text]"),
        ("details", "repeat('x', 60001)"),
        ("details", "'{}'"),
        ("details", """'{"actor": "x"}'"""),
        ("details", """'["text"]'"""),
        ("details", "'no JSON'"),
    ],
)
def test_the_table_takes_no_nonsense(column_name: str, value: str) -> None:
    values = {
        "activity": "'x'",
        "actor_kind": "'system'",
        "entity_kind": "''",
        "is_update": "true",
        "outcome": "'succeeded'",
        "channel": "'api'",
        "request_id": "gen_random_uuid()",
        "changed_fields": "'{}'",
        "details": """'{"actor": "x", "sentence": "x"}'""",
        column_name: value,
    }
    insert = f"INSERT INTO audit_event ({', '.join(values)}) VALUES ({', '.join(values.values())})"  # noqa: S608
    with pytest.raises((IntegrityError, DataError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(insert)


def test_every_event_has_its_own_salt() -> None:
    for number in range(20):
        role(f"Tester {number}")
    salts = [bytes(event.salt) for event in Event.objects.all()]
    assert len(set(salts)) == len(salts)
    assert {len(salt) for salt in salts} == {16}
