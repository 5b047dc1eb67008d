"""What a filter keeps of what a reader may see: the one place where the two meet, for pages, feed and files."""

from django.db.models import Q
from django.http import HttpRequest, QueryDict

from audit.api.documents import rows
from audit.api.filters import WINDOW, RecordFilter
from audit.api.problems import Fault, ParametersRefused
from audit.api.whole import WholeLog
from audit.models import EventQuerySet
from audit.paging import Log, Page, Place


class Kept:
    """The events that a filter keeps of those that the reader may see. Raises ParametersRefused."""

    def __init__(self, filters: QueryDict, visible: EventQuerySet) -> None:
        self.words, self.is_loose, self.events = "everything", False, visible
        self.filter: RecordFilter | None = None
        if filters:  # reading filters costs more than reading a page
            self.filter = RecordFilter(filters, visible)
            if faults := [
                Fault("invalid-parameter", name, str(message))
                for name, messages in self.filter.form.errors.items()
                for message in messages
            ]:
                raise ParametersRefused(faults)
            self.words, self.is_loose, self.events = self.filter.asked, self.filter.is_loose, self.filter.qs

    def log(self, size: int) -> Log:
        """Return the log with pages of that size."""
        if self.filter is None and self.events.is_everything:
            return WholeLog(self.events, size=size)
        return Log(rows(self.events), size=size)

    def looked_through(self, size: int, below: Place | None) -> Page:
        """Return a page under filters that no index serves: 20,000 events are looked through for it, not more.

        So it may hold less than `size` events, or none, and there is an older page until the end is reached.
        """
        candidates = self.filter.firm().qs if self.filter else self.events
        if below:
            candidates = candidates.filter(Q(at__lte=below.at), Q(at__lt=below.at) | Q(id__lt=below.id))
        places = candidates.newest_first().values_list("at", "id")
        floor = next((Place(*place) for place in places[WINDOW - 1 : WINDOW]), None)
        events = self.events
        if floor:
            events = events.filter(Q(at__gte=floor.at), Q(at__gt=floor.at) | Q(id__gte=floor.id))
        log = Log(rows(events), size=size)
        page = log.older(below) if below else log.newest()
        return Page(page.events, None, page.older or floor)


def filters_in(request: HttpRequest) -> QueryDict:
    """Return the parameters that are filters, without those that say nothing."""
    found = QueryDict(mutable=True)
    for name in RecordFilter.names():
        if text := request.GET.get(name):
            found[name] = text
    return found
