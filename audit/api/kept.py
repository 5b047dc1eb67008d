"""What a filter keeps of what a reader may see: the one place where the two meet, for pages, feed and files."""

from django.http import HttpRequest, QueryDict

from audit.api.documents import rows
from audit.api.filters import RecordFilter
from audit.api.problems import Fault, ParametersRefused
from audit.api.whole import WholeLog
from audit.models import EventQuerySet
from audit.paging import Log


class Kept:
    """The events that a filter keeps of those that the reader may see. Raises ParametersRefused."""

    def __init__(self, filters: QueryDict, visible: EventQuerySet) -> None:
        self.words, self.events = "everything", visible
        self.filter: RecordFilter | None = None
        if filters:  # reading filters costs more than reading a page
            self.filter = RecordFilter(filters, visible)
            if faults := [
                Fault("invalid-parameter", name, str(message))
                for name, messages in self.filter.form.errors.items()
                for message in messages
            ]:
                raise ParametersRefused(faults)
            self.words, self.events = self.filter.asked, self.filter.qs

    def log(self, size: int) -> Log:
        """Return the log with pages of that size."""
        if self.filter is not None:
            return self.filter.log(rows(self.events), size)
        return (
            WholeLog(self.events, size=size)
            if self.events.is_everything
            else Log(rows(self.events), size=size)
        )


def filters_in(request: HttpRequest) -> QueryDict:
    """Return the parameters that are filters, without those that say nothing."""
    found = QueryDict(mutable=True)
    for name in RecordFilter.names():
        if text := request.GET.get(name):
            found[name] = text
    return found
