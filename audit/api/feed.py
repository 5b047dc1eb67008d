"""The record in commit order, every event exactly once.

A transaction takes its event's number long before it commits, so "numbers above the last seen" would step over what
commits later. The feed goes by (transaction, number) and never past the oldest transaction that still runs: everything
below it has either committed, and is visible, or never will. That bound is read before the rows; read after them, it
would cover transactions that committed in between, whose rows the page does not hold (audit-log.md, section 4).
"""

import time
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from audit.api.documents import COLUMNS, Row
from audit.api.problems import CursorAhead
from audit.models import EventQuerySet

LAST_NUMBER = 2**63 - 1
WINDOW = 20_000  # events that one request looks through for those that a filter keeps
LONGEST_WAIT = 30  # seconds
PAUSE = 0.2  # seconds between looks while waiting
WAITING = 2  # requests of one process that may wait at a time: they each hold a thread

_waiting = BoundedSemaphore(WAITING)
# One statement, one snapshot: how long the oldest committed event waits for a transaction that still runs.
_HORIZON = """
    WITH horizon AS (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS bound)
    SELECT bound::text::bigint, coalesce((
        SELECT extract(epoch FROM clock_timestamp() - min(at)) FROM audit_event WHERE xid >= bound), 0)::float
    FROM horizon
"""
_END_OF_WINDOW = """
    SELECT xid::text::bigint, id FROM audit_event
    WHERE (xid, id) > (%s::xid8, %s) AND xid < %s::xid8 ORDER BY xid, id OFFSET %s LIMIT 1
"""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Everything up to here is read: the transaction's id, and the event's number."""

    xid: int
    id: int


BEGINNING = Position(0, 0)


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Events in commit order, where reading goes on, and for how many seconds committed events are held back.

    `is_complete` says that nothing more is there at this moment.
    """

    rows: list[Row]
    next: Position
    lag: float
    is_complete: bool


def now() -> Position:
    """Return the place before everything that is yet to come, and before what has not committed yet."""
    bound, _ = horizon()
    return Position(bound - 1, LAST_NUMBER)


def horizon() -> tuple[int, float]:
    """Return the oldest transaction that still runs, and the lag in seconds."""
    with connection.cursor() as cursor:
        cursor.execute(_HORIZON)
        bound, lag = cursor.fetchone() or (0, 0.0)
    return bound, lag


def read(events: EventQuerySet, position: Position, limit: int, *, is_filtered: bool) -> FeedPage:
    """Return at most `limit` of these events after the position.

    Filtered, a page can have fewer, or none, and yet not be the last: a request looks through 20,000 events at most.
    Raises CursorAhead for a position that this server has yet to come to.
    """
    bound, lag = horizon()
    if position.xid > bound:
        raise CursorAhead
    end = _end_of_window(position, bound) if is_filtered else None
    found = list(_between(events, position, bound, end).values_list("xid", *COLUMNS.values())[: limit + 1])
    rows, more = [row[1:] for row in found[:limit]], len(found) > limit
    if more:
        going_on = Position(int(found[limit - 1][0]), found[limit - 1][1])
    elif is_filtered:
        going_on = end or max(position, Position(bound - 1, LAST_NUMBER))
    else:
        going_on = Position(int(found[-1][0]), found[-1][1]) if found else position
    return FeedPage(rows, going_on, lag, is_complete=not more and end is None)


def follow(
    events: EventQuerySet, position: Position, limit: int, wait: float, *, is_filtered: bool
) -> FeedPage:
    """Return the next page; where it is empty, wait for events so many seconds at most, if there is room to wait."""
    page = read(events, position, limit, is_filtered=is_filtered)
    if page.rows or wait <= 0 or not _waiting.acquire(blocking=False):
        return page
    try:
        end = time.monotonic() + wait
        while not page.rows and (left := end - time.monotonic()) > 0:
            if page.is_complete:
                time.sleep(min(PAUSE, left))
            page = read(events.all(), page.next, limit, is_filtered=is_filtered)
    finally:
        _waiting.release()
    return page


def _end_of_window(position: Position, bound: int) -> Position | None:
    with connection.cursor() as cursor:
        cursor.execute(_END_OF_WINDOW, [str(position.xid), position.id, str(bound), WINDOW - 1])
        row = cursor.fetchone()
    return Position(*row) if row else None


def _between(events: EventQuerySet, position: Position, bound: int, end: Position | None) -> Any:
    kept = events.filter(
        _condition("(audit_event.xid, audit_event.id) > (%s::xid8, %s)", str(position.xid), position.id),
        _condition("audit_event.xid < %s::xid8", str(bound)),
    )
    if end is not None:
        kept = kept.filter(
            _condition("(audit_event.xid, audit_event.id) <= (%s::xid8, %s)", str(end.xid), end.id)
        )
    return kept.order_by("xid", "id")


def _condition(sql: str, *parameters: Any) -> RawSQL:
    """Compare by whole rows, which is what the index on both columns serves and Django cannot say."""
    return RawSQL(sql, parameters, output_field=BooleanField())  # noqa: S611  (the text stands in this file)
