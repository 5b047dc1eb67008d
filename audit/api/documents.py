"""An event as the API tells it: one form for pages, feed and files. It is made from plain rows, which is fast."""

from collections import namedtuple
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Func, TextField
from django.db.models.functions import Cast
from django.db.models.query import BaseIterable

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
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(map(_Told._make, cursor.fetchall()))


def rows(events: EventQuerySet) -> Any:
    """Return the query for the columns that a document is made of."""
    found: Any = events.values_list(*COLUMNS.values())
    found._iterable_class = _Rows
    return found


def document(row: Row) -> dict[str, Any]:
    """Return the event as a JSON object, in which every member is always there."""
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
    body = orjson.loads(details)
    told = body.get
    subjects = told("subjects", ())
    return {
        "id": number,
        "at": at,
        "activity": activity,
        "sentence": body["sentence"],
        "is_update": is_update,
        "outcome": outcome,
        "actor": {"kind": actor_kind, "key": actor_key, "name": body["actor"]},
        "entity": _entity(entity_kind, entity_key, subjects),
        "subjects": [{"kind": kind, "key": key, "label": label} for kind, key, label in subjects],
        "links": told("links", ()),
        "changed_fields": changed_fields,
        "changes": [
            {"field": name, "old": old, "new": new} for name, (old, new) in told("changes", {}).items()
        ],
        "reason": told("reason", ""),
        "channel": channel,
        "ip": told("ip", ""),
        "user_agent": told("user_agent", ""),
        "request_id": request_id,
        "token_key": token_key,
        "cut": told("cut", ()),
    }


def _entity(kind: str, key: str | None, subjects: Any) -> dict[str, Any] | None:
    if not kind:
        return None
    # the entity stands first among the subjects, under the name it had then
    is_first = bool(subjects) and key is not None and subjects[0][1] == key
    return {"kind": kind, "key": key, "label": subjects[0][2] if is_first else ""}


def documents(found: Iterable[Row]) -> orjson.Fragment:
    """Return the events as a list within what is encoded next. Each is written before the next one is made, which is
    quicker than making them all."""
    return orjson.Fragment(b"[" + b",".join([orjson.dumps(document(row)) for row in found]) + b"]")


def encoded(value: Any) -> bytes:
    """Return a document, or what holds documents, as JSON."""
    return orjson.dumps(value)


def lines(found: Iterable[Row]) -> Iterator[bytes]:
    """Return each event as a line of JSON."""
    for row in found:
        yield orjson.dumps(document(row), option=orjson.OPT_APPEND_NEWLINE)
