"""Pages of a log by keyset: a page begins at a place in the log, never at a number, so it costs the same everywhere."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.core import signing

from audit.models import Event, EventQuerySet

PAGE_SIZE = 50
COUNT_LIMIT = 10_000  # counting further costs more than knowing is worth

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_signer = signing.Signer(salt="audit.place", sep="~")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a log: that of one event. In addresses it stands signed, so that nobody can make one up."""

    at: datetime
    id: int

    @classmethod
    def of(cls, event: Event) -> Self:
        """Return the event's place."""
        return cls(event.at, event.id)

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the place that stands in an address. Raises BadSignature for anything we did not write."""
        microseconds, event_id = _signer.unsign_object(text)
        return cls(_EPOCH + timedelta(microseconds=microseconds), event_id)

    def __str__(self) -> str:
        microseconds = (self.at - _EPOCH) // timedelta(microseconds=1)
        return _signer.sign_object([microseconds, self.id])


@dataclass(frozen=True, slots=True)
class Page:
    """The events of one page, newest first; `newer` and `older` are where its neighbours begin, if there are any."""

    events: list[Event]
    newer: Place | None = None
    older: Place | None = None


def newest(events: EventQuerySet) -> Page:
    """Return the first page."""
    rows = list(events.newest_first()[: PAGE_SIZE + 1])
    return Page(rows[:PAGE_SIZE], older=_last(rows) if len(rows) > PAGE_SIZE else None)


def older(events: EventQuerySet, place: Place) -> Page:
    """Return the page below a place."""
    rows = list(events.older_than(place.at, place.id).newest_first()[: PAGE_SIZE + 1])
    if not rows:
        return Page([], newer=Place(place.at, place.id - 1))
    return Page(rows[:PAGE_SIZE], Place.of(rows[0]), _last(rows) if len(rows) > PAGE_SIZE else None)


def newer(events: EventQuerySet, place: Place) -> Page:
    """Return the page above a place; where that is not a full one, the first page instead."""
    upwards: list[Any] = list(events.newer_than(place.at, place.id).order_by("at", "id")[: PAGE_SIZE + 1])
    if len(upwards) <= PAGE_SIZE:
        return newest(events)
    rows = upwards[:PAGE_SIZE][::-1]
    return Page(rows, Place.of(rows[0]), Place.of(rows[-1]))


def count(events: EventQuerySet) -> str:
    """Return how many events there are in words: exactly, or that there are more than the limit."""
    number = events.order_by()[: COUNT_LIMIT + 1].count()
    if number > COUNT_LIMIT:
        return f"more than {COUNT_LIMIT:,} events"
    return f"{number:,} event{'' if number == 1 else 's'}"


def _last(rows: list[Event]) -> Place:
    return Place.of(rows[PAGE_SIZE - 1])
