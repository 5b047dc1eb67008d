"""Writing the record: one statement per event, inside the transaction of what it tells of."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError
from django.db.transaction import TransactionManagementError

from audit.activity import Occurrence, RecordUnavailable
from audit.activity.occurrence import Statement
from audit.activity.prepared import cursor, prepared

DETAILS_LIMIT = 60_000  # bytes; the column's constraint says the same
INTEGER_LIMIT = 2**53  # beyond it, JSON readers disagree on the value (RFC 8259, section 6)
# What is too long is cut to the first of these that makes it fit: characters of a text, items of a list.
CUTS = ((20_000, 2_000), (5_000, 500), (1_000, 200), (200, 50), (50, 10))
# Whether this login may add events now, as an SQL condition; a server that only follows another takes none.
WRITABLE = (
    "has_any_column_privilege('audit_event', 'INSERT') AND has_any_column_privilege('audit_subject', 'INSERT')"
    " AND current_setting('transaction_read_only') = 'off'"
)
# SQLSTATEs of a table that is not there, or not ours any more, and of a server that is only read:
# undefined_table, insufficient_privilege, read_only_sql_transaction.
OUT_OF_REACH = ("42P01", "42501", "25006")
_WRITE = "SELECT audit_record(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


def write(*, occurrence: Occurrence, change: Statement | None = None, last: bool = False, **_: Any) -> None:
    """Write the event of an occurrence with its subjects. The one receiver of `activity_performed`.

    The `change` that it tells of is written along with it, and where it is the `last` of the transaction, that is
    committed. Raises ValueError for a value that cannot be kept, IntegrityError and DataError where the database
    refuses the change itself, at once or at the commit, and RecordUnavailable if it does not take the event.
    """
    origin, entity = occurrence.origin, occurrence.entity
    statement, parameters = change or ("", ())
    parameters += (
        occurrence.activity,
        occurrence.by.actor_kind,
        _text(occurrence.by.actor_key),
        occurrence.entity_kind,
        _text(entity.key if entity else None),
        occurrence.is_update,
        occurrence.outcome,
        origin.channel,
        str(origin.request_id),
        _text(origin.token_key),
        _array(occurrence.changed_fields),
        _array(subject.kind for subject in occurrence.subjects),
        _array(str(subject.key) for subject in occurrence.subjects),
        details(occurrence),
    )
    try:
        # One message to the server instead of three. Django's own COMMIT that follows finds nothing left to do.
        parts = (statement, prepared("record", _WRITE), "COMMIT" if last else "")
        cursor().execute("; ".join(filter(None, parts)), parameters)
    except (IntegrityError, DataError, TransactionManagementError):
        raise  # the change itself is at fault, not the record
    except DatabaseError as error:
        raise RecordUnavailable("The record cannot be written, so nothing was changed.") from error


def is_out_of_reach(error: Exception) -> bool:
    """Say whether a table is not there, not ours any more, or on a server that is only read: an outage. Whatever else
    is wrong with a statement is a fault of the console's own."""
    return isinstance(error, DatabaseError) and getattr(error.__cause__, "sqlstate", "") in OUT_OF_REACH


def details(occurrence: Occurrence) -> str:
    """Return the event's details as canonical JSON: sorted keys, no spaces, what is empty left out.

    What would be longer than 60,000 bytes is cut, long texts and long lists first, and "cut" says which parts were.
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
    text = _encoder.encode(value)
    text.encode()
    return text


_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _check(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("The record keeps no text with NUL characters.")
    elif isinstance(value, dict):
        if not all(isinstance(name, str) for name in value):
            raise ValueError("The record keeps values by names that are text.")
        _check([*value, *value.values()])
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
    for length, count in CUTS:
        if len(text.encode()) <= DETAILS_LIMIT:
            break
        shorter = {name: _cut(value, length, count) for name, value in parts.items() if name != "links"}
        cut = sorted(name for name in shorter if shorter[name] != parts[name])
        text = canonical({**shorter, "links": _links_within(parts, shorter), "cut": cut})
    return text


def _cut(value: Any, length: int, count: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= length else value[:length] + "\N{HORIZONTAL ELLIPSIS}"
    if isinstance(value, list):
        return [_cut(item, length, count) for item in value[:count]]
    if isinstance(value, dict):
        return {
            _cut(name, length, count): _cut(item, length, count) for name, item in list(value.items())[:count]
        }
    return value


def _links_within(parts: dict[str, Any], shorter: dict[str, Any]) -> list[list[int]]:
    sentence, whole = shorter.get("sentence", ""), parts.get("sentence", "")
    length, count = len(sentence) - (sentence != whole), len(shorter.get("subjects", []))
    return [link for link in parts.get("links", []) if link[1] <= length and link[2] < count]


def _text(key: Any) -> str | None:
    return None if key is None else str(key)


def _array(names: Iterable[str]) -> str:
    # codes and keys of ours, never what somebody typed: nothing in them needs quoting
    return "{" + ",".join(names) + "}"
