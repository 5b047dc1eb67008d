"""Writing the record: one statement per event, inside the transaction of what it tells of."""

import json
from typing import Any

from django.db import DatabaseError, connection

from audit.activity import Occurrence, RecordUnavailable

DETAILS_LIMIT = 60_000  # bytes; the column's constraint says the same
INTEGER_LIMIT = 2**53  # beyond it, JSON readers disagree on the value (RFC 8259, section 6)
_WRITE = "SELECT audit_record(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


def write(*, occurrence: Occurrence, **_: Any) -> None:
    """Write the event of an occurrence with its subjects. The one receiver of `activity_performed`.

    Raises ValueError for a value that cannot be kept, RecordUnavailable if the database does not take the event.
    """
    origin, entity = occurrence.origin, occurrence.entity
    parameters = [
        occurrence.activity,
        occurrence.by.actor_kind,
        occurrence.by.actor_key,
        occurrence.entity_kind,
        entity.key if entity else None,
        occurrence.is_update,
        occurrence.outcome,
        origin.channel,
        origin.request_id,
        origin.token_key,
        list(occurrence.changed_fields),
        [subject.kind for subject in occurrence.subjects],
        [subject.key for subject in occurrence.subjects],
        details(occurrence),
    ]
    try:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, parameters)
    except DatabaseError as error:
        raise RecordUnavailable("The record cannot be written, so nothing was changed.") from error


def details(occurrence: Occurrence) -> str:
    """Return the event's details as canonical JSON: sorted keys, no spaces, what is empty left out.

    What makes it longer than 60,000 bytes is cut from the end of the longest part, and "cut" says which.
    """
    parts: dict[str, Any] = {
        "actor": occurrence.by.actor_label,
        "changes": {label: list(pair) for label, pair in occurrence.changes.items()},
        "ip": occurrence.origin.ip,
        "links": [list(link) for link in occurrence.links],
        "reason": occurrence.reason,
        "sentence": occurrence.sentence,
        "subjects": [[subject.kind, str(subject.key), subject.label] for subject in occurrence.subjects],
        "user_agent": occurrence.origin.user_agent,
    }
    return _within_limit({name: value for name, value in parts.items() if value})


def canonical(value: Any) -> str:
    """Return canonical JSON. Raises ValueError for floats, integers beyond 2^53, NUL and lone surrogates."""
    _check(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    text.encode()
    return text


def _check(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("The record keeps no text with NUL characters.")
    elif isinstance(value, dict):
        for name, item in value.items():
            _check(name)
            _check(item)
    elif isinstance(value, list):
        for item in value:
            _check(item)
    elif isinstance(value, int):
        if abs(value) > INTEGER_LIMIT:
            raise ValueError(f"The record keeps integers up to 2^53, not {value}.")
    elif value is not None:
        raise ValueError(f"The record keeps text, integers and lists of them, not {type(value).__name__}.")


def _within_limit(parts: dict[str, Any]) -> str:
    text = canonical(parts)
    cut: set[str] = set()
    while len(text.encode()) > DETAILS_LIMIT:
        longest = max(parts, key=lambda name: len(canonical(parts[name]).encode()))
        parts[longest] = _shorter(parts[longest])
        cut.add(longest)
        if longest in {"sentence", "subjects"}:
            parts["links"] = _links_within(parts)
        text = canonical({**parts, "cut": sorted(cut)})
    return text


def _shorter(value: Any) -> Any:
    if isinstance(value, str):
        return value[: len(value) // 2] + "…"
    if isinstance(value, list):
        return value[: len(value) // 2]
    longest = max(value, key=lambda label: len(canonical(value[label])))
    pair = value[longest]
    if isinstance(pair, list) and any(isinstance(item, str) and len(item) > 1 for item in pair):
        return {**value, longest: [_shorter(item) if isinstance(item, str) else item for item in pair]}
    return dict(list(value.items())[: len(value) // 2])


def _links_within(parts: dict[str, Any]) -> list[list[int]]:
    length, count = len(parts["sentence"]), len(parts.get("subjects", []))
    return [link for link in parts.get("links", []) if link[1] < length and link[2] < count]
