"""An event as the API tells it: one form for pages, feed and files. It is made from plain rows, which is fast."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

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


def rows(events: EventQuerySet) -> Any:
    """Return the query for the columns that a document is made of."""
    return events.values_list(*COLUMNS, named=True)


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
