"""Pages of a log by keyset: a page begins at a place in the log, never at a number, so it costs the same everywhere."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.core import signing
from django.db.models import Exists, OuterRef, Q

from audit.models import Event, EventQuerySet, EventSubject

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
    """The events of one page, or their rows, newest first; `newer` and `older` are where neighbours begin, if any."""

    events: list[Any]
    newer: Place | None = None
    older: Place | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """A log to read: the events given, or of them those about one thing (the name of its kind, its key).

    The places of a thing's events are one range of the subjects' primary key, so that is where they are looked for;
    walking the events instead would read all of a busy thing's history for each page. `size` is that of a page.
    """

    events: EventQuerySet
    thing: tuple[str, UUID] | None = None
    size: int = PAGE_SIZE
    only_updates: bool = False  # of a thing's log; of the others, the events given can be those alone

    def newest(self) -> Page:
        """Return the first page."""
        rows = self._take(self.size + 1)
        return Page(rows[: self.size], older=self._last(rows))

    def older(self, place: Place) -> Page:
        """Return the page below a place."""
        rows = self._take(self.size + 1, below=place)
        newer = Place.of(rows[0]) if rows else Place(place.at, place.id - 1)
        return Page(rows[: self.size], newer, self._last(rows))

    def newer(self, place: Place) -> Page:
        """Return the page above a place; where that is not a full one, the first page instead."""
        rows = self._take(self.size + 1, above=place)
        if len(rows) <= self.size:
            return self.newest()
        return Page(rows[1:], Place.of(rows[1]), Place.of(rows[-1]))

    def event(self, number: int) -> Event | None:
        """Return the event with this number, if it stands in this log."""
        events = self.events.filter(pk=number)
        found: Event | None = (events.about(*self.thing) if self.thing else events).first()
        return found

    def count(self) -> str:
        """Return how many events there are in words: exactly, or that there are more than the limit."""
        found = self.number()
        if found > COUNT_LIMIT:
            return f"more than {COUNT_LIMIT:,} events"
        return f"{found:,} event{'' if found == 1 else 's'}"

    def number(self) -> int:
        """Return how many events there are, counted to one more than the limit."""
        places, number = self._places()
        return int(places.values(number)[: COUNT_LIMIT + 1].count())

    def _places(self) -> tuple[Any, str]:
        """Return the rows that hold the places, and what the event's id is called there."""
        if self.thing is None:
            return self.events, "id"
        kind, key = self.thing
        places = EventSubject.objects.filter(kind=kind, entity_key=key)
        if self.only_updates:
            updates = Event.objects.filter(pk=OuterRef("event_id"), is_update=True)
            places = places.filter(Exists(updates))
        return places, "event_id"

    def _take(self, limit: int, *, below: Place | None = None, above: Place | None = None) -> list[Event]:
        places, number = self._places()
        places = beyond(places, number, below, above)
        order = ("at", number) if above else ("-at", f"-{number}")
        chosen = places.order_by(*order)[:limit]
        if self.thing is not None:
            return list(self.events.filter(pk__in=chosen.values(number)).newest_first())
        return list(chosen)[::-1] if above else list(chosen)

    def _last(self, rows: list[Event]) -> Place | None:
        """Return the place below which the next page begins, if there is one."""
        return Place.of(rows[self.size - 1]) if len(rows) > self.size else None


def beyond(places: Any, number: str, below: Place | None, above: Place | None) -> Any:
    """Keep the rows of places below and above; `number` is what the event's id is called there."""
    # the first condition of each is the range that the indexes know
    if below:
        here = Q(at__lt=below.at) | Q(**{f"{number}__lt": below.id})
        places = places.filter(Q(at__lte=below.at), here)
    if above:
        here = Q(at__gt=above.at) | Q(**{f"{number}__gt": above.id})
        places = places.filter(Q(at__gte=above.at), here)
    return places
