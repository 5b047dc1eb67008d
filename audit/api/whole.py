"""The log of the whole record, which is what most calls ask for, by statements that are written down."""

from typing import Any

from audit.api.documents import COLUMNS, fetch
from audit.paging import Log, Place

_SELECT = f"SELECT {', '.join(COLUMNS)} FROM audit_event"  # noqa: S608  (names of our own columns)
_NEWEST = f"{_SELECT} ORDER BY at DESC, id DESC LIMIT %s"
_BELOW = f"{_SELECT} WHERE at <= %s AND (at < %s OR id < %s) ORDER BY at DESC, id DESC LIMIT %s"
_ABOVE = f"{_SELECT} WHERE at >= %s AND (at > %s OR id > %s) ORDER BY at, id LIMIT %s"


class WholeLog(Log):
    """A log that leaves nothing out, of rows as `documents.rows` has them.

    It asks what `Log` would ask. Putting that question together by the ORM takes as long as PostgreSQL's answer.
    """

    def _take(self, limit: int, *, below: Place | None = None, above: Place | None = None) -> list[Any]:
        if above:
            return fetch(_ABOVE, [above.at, above.at, above.id, limit])[::-1]
        if below:
            return fetch(_BELOW, [below.at, below.at, below.id, limit])
        return fetch(_NEWEST, [limit])
