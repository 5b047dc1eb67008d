"""An event as the API tells it: one form for pages, feed and files. It is made from plain rows, which is fast."""

from collections import namedtuple
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.core.exceptions import EmptyResultSet
from django.db.models import F, Func, TextField
from django.db.models.functions import Cast
from django.db.models.query import BaseIterable

from audit.activity.prepared import cursor
from audit.details import Link, Subject, Value, read
from audit.models import EventQuerySet


class _Instant(Func):
    """A time as RFC 3339 has it, in UTC and always with six digits after the second, so that times sort as text."""

    template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    output_field = TextField()


def _text(column: str) -> Cast:
    return Cast(column, TextField())


# What a document is made of, as text where JSON has text: what the driver made objects of would be text again at once.
COLUMNS: dict[str, F | Func] = {
    "id": F("id"),
    "at": _Instant("at"),
    "activity": F("activity"),
    "actor_kind": F("actor_kind"),
    "actor_key": _text("actor_key"),
    "entity_kind": F("entity_kind"),
    "entity_key": _text("entity_key"),
    "is_update": F("is_update"),
    "outcome": F("outcome"),
    "channel": F("channel"),
    "request_id": _text("request_id"),
    "token_key": _text("token_key"),
    "changed_fields": F("changed_fields"),
    "details": F("details"),
}
Row = tuple[Any, ...]
_named: Any = namedtuple  # whose names stand above, and not in this call


class _Told(_named("_Columns", COLUMNS)):  # type: ignore[misc]
    """A row of COLUMNS. Its time is read only where a page begins or ends."""

    __slots__ = ()

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self[1])


class _Rows(BaseIterable[Any]):
    """The rows of a query as the driver reads them."""

    def __iter__(self) -> Iterator[Any]:
        query: Any = self.queryset
        try:
            sql, parameters = query.query.get_compiler(query.db).as_sql()
        except EmptyResultSet:  # nothing can fit, so nothing is asked
            return
        yield from fetch(sql, parameters)


def fetch(sql: str, parameters: Sequence[Any]) -> list[Any]:
    """Return the rows of a statement that selects COLUMNS, as `rows` does."""
    asking = cursor()
    asking.execute(sql, parameters)
    return list(map(_Told._make, asking.fetchall()))


def rows(events: EventQuerySet) -> Any:
    """Return the query for the columns that a document is made of."""
    found: Any = events.values_list(*COLUMNS.values())
    found._iterable_class = _Rows
    return found


class _Part(msgspec.Struct, gc=False):
    """A part of a document; none refers back to another, so the garbage collector need not look at them."""


class _Actor(_Part):
    kind: str
    key: str | None
    name: str


class _Thing(_Part):
    kind: str
    key: str | None
    label: str


class _Change(_Part):
    field: str
    old: Value
    new: Value


class Document(_Part):
    """An event as a JSON object, in which every member is always there."""

    id: int
    at: str
    activity: str
    sentence: str
    is_update: bool
    outcome: str
    actor: _Actor
    entity: _Thing | None
    subjects: list[_Thing]
    links: list[Link]
    changed_fields: list[str]
    changes: list[_Change]
    reason: str
    channel: str
    ip: str
    user_agent: str
    request_id: str
    token_key: str | None
    cut: list[str]


encoded = msgspec.json.Encoder().encode  # a document, or what holds documents, as JSON


def document(row: Row) -> Document:
    """Return the event of a row."""
    (
        number,
        at,
        activity,
        actor_kind,
        actor_key,
        entity_kind,
        entity_key,
        is_update,
        outcome,
        channel,
        request_id,
        token_key,
        changed_fields,
        details,
    ) = row
    told = read(details)
    return Document(
        number,
        at,
        activity,
        told.sentence,
        is_update,
        outcome,
        _Actor(actor_kind, actor_key, told.actor),
        _entity(entity_kind, entity_key, told.subjects),
        [_Thing(*subject) for subject in told.subjects],
        told.links,
        changed_fields,
        [_Change(name, old, new) for name, (old, new) in told.changes.items()],
        told.reason,
        channel,
        told.ip,
        told.user_agent,
        request_id,
        token_key,
        told.cut,
    )


def _entity(kind: str, key: str | None, subjects: list[Subject]) -> _Thing | None:
    if not kind:
        return None
    # the entity stands first among the subjects, under the name it had then
    is_first = bool(subjects) and key is not None and subjects[0][1] == key
    return _Thing(kind, key, subjects[0][2] if is_first else "")


def documents(found: Iterable[Row]) -> msgspec.Raw:
    """Return the events as a list within what is encoded next. Each is written before the next one is made, which is
    quicker than making them all."""
    return msgspec.Raw(b"[" + b",".join([encoded(document(row)) for row in found]) + b"]")


def lines(found: Iterable[Row]) -> Iterator[bytes]:
    """Return each event as a line of JSON."""
    for row in found:
        yield encoded(document(row)) + b"\n"
