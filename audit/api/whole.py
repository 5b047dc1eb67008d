"""The log of the whole record, which is what most calls ask for, by statements that are written down."""

from functools import cache
from typing import Any

from audit.api.documents import fetch, rows
from audit.models import Event
from audit.paging import Log, Place

_NEWEST = "ORDER BY audit_event.at DESC, audit_event.id DESC LIMIT %s"
_BELOW = f"WHERE audit_event.at <= %s AND (audit_event.at < %s OR audit_event.id < %s) {_NEWEST}"
_ABOVE = """
    WHERE audit_event.at >= %s AND (audit_event.at > %s OR audit_event.id > %s)
    ORDER BY audit_event.at, audit_event.id LIMIT %s
"""


@cache
def _select() -> str:
    statement, _ = rows(Event.objects.all()).query.sql_with_params()
    return str(statement)


class WholeLog(Log):
    """A log that leaves nothing out, of rows as `documents.rows` has them.

    It asks what `Log` would ask. Putting that question together by the ORM takes as long as PostgreSQL's answer.
    """

    def _take(self, limit: int, *, below: Place | None = None, above: Place | None = None) -> list[Any]:
        if above:
            return fetch(f"{_select()} {_ABOVE}", [above.at, above.at, above.id, limit])[::-1]
        if below:
            return fetch(f"{_select()} {_BELOW}", [below.at, below.at, below.id, limit])
        return fetch(f"{_select()} {_NEWEST}", [limit])
