"""The log of what a search has found: by words, by a changed field, by an IP address."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, Subquery, Value
from django.db.models.functions import Coalesce

from audit.models import Event
from audit.paging import Log, Place, beyond

NEAR = 2_000  # so many events are looked through, one by one, before the index is asked for everything

# The same moment, but nothing that an index keeps in order: whoever sorts by it has found everything before.
_MOMENT = ExpressionWrapper(F("at") + Value(timedelta()), output_field=DateTimeField())


@dataclass(frozen=True, slots=True)
class SearchedLog(Log):
    """A log of what was searched for, up to `until`.

    The index that finds it knows no order, and the one that knows the order does not find. What is common is best
    looked for from event to event, what is rare through the index. PostgreSQL chooses by how common something is on the
    whole; where it was common long ago and is no more, it would walk through everything since. So the nearest events
    are looked through, and if they do not fill the page, the index has to find all there are.
    """

    until: datetime | None = None

    def _take(self, limit: int, *, below: Place | None = None, above: Place | None = None) -> list[Any]:
        events, sign = beyond(self.events, "id", below, above), "" if above else "-"
        end = self._end_of_the_near(below, above)
        near = events.filter(at__lte=end) if above else events.filter(at__gte=end)
        found = list(near.order_by(f"{sign}at", f"{sign}id")[:limit])
        if len(found) < limit:
            moment = _MOMENT.asc() if above else _MOMENT.desc()
            found = list(events.order_by(moment, f"{sign}id")[:limit])
        return found[::-1] if above else found

    def _end_of_the_near(self, below: Place | None, above: Place | None) -> Coalesce:
        """Return the moment up to which so many events lie from the place on, or beyond all where there are fewer."""
        if above:
            ordered = Event.objects.filter(at__gte=above.at).order_by("at")
        else:
            begin = [moment for moment in (below and below.at, self.until) if moment]
            ordered = Event.objects.filter(**{"at__lte": min(begin)} if begin else {}).order_by("-at")
        last = Subquery(ordered.values("at")[NEAR - 1 : NEAR])
        return Coalesce(last, Value("infinity" if above else "-infinity"), output_field=DateTimeField())
