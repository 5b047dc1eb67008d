"""The parameters that are no filters: how much, from where, how long to wait."""

from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.http import HttpRequest, QueryDict

from audit.api.cursors import Cursor
from audit.api.feed import BEGINNING, LONGEST_WAIT, Position, now
from audit.api.problems import Fault, ParametersRefused
from audit.paging import Place

PAGING = ("limit", "older", "newer", "count")
FEED = ("cursor", "wait", "limit")
DEFAULT_LIMIT, LARGEST_LIMIT = 100, 1000


def whole_number(request: HttpRequest, name: str, default: int, least: int, most: int) -> int:
    """Read a number. Raises ParametersRefused."""
    text = request.GET.get(name)
    if text is None:
        return default
    # no more digits than the largest has: Python refuses to read numbers of thousands of them
    if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most:
        return int(text)
    raise refused("invalid-parameter", name, f"Write a whole number from {least} to {most}.")


def limit(request: HttpRequest) -> int:
    """Read how many events to answer with at most."""
    return whole_number(request, "limit", DEFAULT_LIMIT, 1, LARGEST_LIMIT)


def wait(request: HttpRequest) -> int:
    """Read for how many seconds to wait for events."""
    return whole_number(request, "wait", 0, 0, LONGEST_WAIT)


def count(request: HttpRequest) -> bool:
    """Read whether to count."""
    return bool(whole_number(request, "count", 0, 0, 1))


def place(request: HttpRequest) -> tuple[str, Place] | None:
    """Read which page is asked for: `older` or `newer`, and than what. None for the first."""
    asked = [name for name in ("older", "newer") if name in request.GET]
    if len(asked) > 1:
        raise refused("conflicting-parameter", "newer", "Give older or newer, not both.")
    for name in asked:
        try:
            return name, Place.read(request.GET[name])
        except signing.BadSignature as error:
            raise refused(
                "invalid-cursor", name, "Follow the links next and previous as they are."
            ) from error
    return None


def cursor(request: HttpRequest, filters: QueryDict, reader: Any) -> Cursor:
    """Read where the feed goes on: a cursor that this reader was given, or a word for where it begins."""
    text = request.GET["cursor"]
    begins: Mapping[str, Any] = {"beginning": lambda: BEGINNING, "now": now}
    if text in begins:
        start: Position = begins[text]()
        return Cursor(start, filters.urlencode(), str(reader.pk))
    try:
        found = Cursor.read(text)
    except signing.BadSignature as error:
        raise refused(
            "invalid-cursor", "cursor", "Write beginning, now, or a cursor from an answer of this feed."
        ) from error
    if found.reader != str(reader.pk):
        raise refused("invalid-cursor", "cursor", "This cursor was given to another account.")
    if filters:
        names = [Fault("conflicting-parameter", name, "The cursor carries the filter.") for name in filters]
        raise ParametersRefused(names)
    return found


def conflicting(request: HttpRequest, names: tuple[str, ...], why: str) -> None:
    """Refuse the parameters that cannot go together with what else is asked for. Raises ParametersRefused."""
    if faults := [Fault("conflicting-parameter", name, why) for name in names if name in request.GET]:
        raise ParametersRefused(faults)


def refused(code: str, name: str, why: str) -> ParametersRefused:
    """Return the refusal of one parameter."""
    return ParametersRefused([Fault(code, name, why)])
