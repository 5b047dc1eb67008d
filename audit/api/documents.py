"""An event as the API tells it: one form for pages, feed and files. It is made from plain rows, which is fast."""

from collections import namedtuple
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models.query import BaseIterable
from psycopg.adapt import Loader
from psycopg.types.string import TextLoader

from audit.models import EventQuerySet

COLUMNS = (
    "id",
    "at",
    "activity",
    "actor_kind",
    "actor_key",
    "entity_kind",
    "entity_key",
    "is_update",
    "outcome",
    "channel",
    "request_id",
    "token_key",
    "changed_fields",
    "details",
)
Row = tuple[Any, ...]
_OPTIONS = orjson.OPT_UTC_Z
_named: Any = namedtuple  # whose names stand above, and not in this call


class _Told(_named("_Columns", COLUMNS)):  # type: ignore[misc]
    """A row whose time is as documents write it; as a time it is only asked for where a page begins or ends."""

    __slots__ = ()

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self[1])


class _Instant(Loader):
    """Reads what PostgreSQL writes in UTC, which all our connections speak, as RFC 3339 has it."""

    def load(self, data: Any) -> str:
        text = bytes(data).decode()[:-3]
        # PostgreSQL leaves out the zeros at the end, which everywhere else stand
        clock = text[11:] if len(text) == 19 else text[11:].ljust(15, "0")
        return f"{text[:10]}T{clock}Z"


class _Rows(BaseIterable[Any]):
    """The rows of a query as the driver reads them, keys as text: made objects of, they would be text again at once."""

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
        cursor.cursor.adapters.register_loader("uuid", TextLoader)
        cursor.cursor.adapters.register_loader("timestamptz", _Instant)
        cursor.execute(sql, parameters)
        return list(map(_Told._make, cursor.fetchall()))


def rows(events: EventQuerySet) -> Any:
    """Return the query for the columns that a document is made of."""
    found: Any = events.values_list(*COLUMNS)
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


def _entity(kind: str, key: UUID | None, subjects: Any) -> dict[str, Any] | None:
    if not kind:
        return None
    # the entity stands first among the subjects, under the name it had then
    is_first = bool(subjects) and key is not None and subjects[0][1] == str(key)
    return {"kind": kind, "key": key, "label": subjects[0][2] if is_first else ""}


def encoded(value: Any) -> bytes:
    """Return a document, or what holds documents, as JSON."""
    return orjson.dumps(value, option=_OPTIONS)


def lines(found: Iterable[Row]) -> Iterator[bytes]:
    """Return each event as a line of JSON."""
    for row in found:
        yield orjson.dumps(document(row), option=_OPTIONS | orjson.OPT_APPEND_NEWLINE)


def instant(at: datetime) -> str:
    """Return a time as documents write it."""
    return str(orjson.loads(orjson.dumps(at, option=_OPTIONS)))
