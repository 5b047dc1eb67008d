"""What the three logs have in common: a page of rows, one of them perhaps open, or why there is none."""

import re
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from audit import paging
from audit.activity import Activity, Kind, Refused
from audit.addresses import Addresses
from audit.models import Event, EventQuerySet
from audit.parameters import PLACES, place_in, problems_of, query_of
from audit.particulars import Particulars
from audit.rows import Row

VISIT = timedelta(minutes=30)  # reading on within it is the same reading: one event
_ROW = re.compile(r"r([0-9]{1,18})")  # the id that a row has in the page


class LogView(View):
    """A log. Subclasses say which events it holds, who may read it and what its reading is called."""

    template_name: str
    viewed: Activity
    kind: Kind
    entity: models.Model | None = None  # the thing whose log it is, and its kind
    parameters: tuple[str, ...] = PLACES

    def authorise(self) -> None:
        """Raise Http404 or Refused unless the reader may read this log."""
        raise NotImplementedError

    def log(self) -> paging.Log:
        """Return the log, from what the reader may see."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """Return what the template needs besides the log itself."""
        return {}

    def check(self) -> None:
        """Raise ValidationError where the filters make no sense."""

    def query(self) -> QueryDict | None:
        """Return the filters in force, where it is the log that has any."""
        return None

    def get(self, request: HttpRequest, **_: str) -> HttpResponse:
        """Show the page of the log that the address names, or of it the one row that htmx asks for.

        What the address does not make clear is answered with 400, whoever may not read the log with 403.
        """
        try:
            self.authorise()
        except Refused as refusal:
            return self.answer(refusal=refusal, status=403)
        if problems := problems_of(request, self.parameters):
            return self.answer(problems=problems, status=400)
        try:
            self.check()
            if row := self.asked_row():
                return row
            page = self.page()
        except ValidationError as error:
            return self.answer(problems=error.messages, status=400)
        newer = query_of(request, without=PLACES, newer=page.newer)
        older = query_of(request, without=PLACES, older=page.older)
        context = {**self.rows(page.events), "newer": newer, "older": older, "count": self.log().count()}
        self.record_visit(page.events)
        return self.answer(**context)

    def answer(self, status: int = 200, **context: Any) -> HttpResponse:
        """Render the log with all that its frame needs."""
        context = {**self.context(), "is_first_page": not set(PLACES[:2]) & set(self.request.GET), **context}
        return render(self.request, self.template_name, context, status=status)

    def asked_row(self) -> HttpResponse | None:
        """Return the one row that htmx puts in the place of itself, open or closed; None where it asks for none."""
        target = _ROW.fullmatch(self.request.headers.get("HX-Target", ""))
        event = self.log().event(int(target.group(1))) if target else None
        if event is None:
            return None
        context = self.rows([event])
        self.record_visit([event])
        return render(self.request, "components/log_row.html", {**context, "row": context["rows"][0]})

    def page(self) -> paging.Page:
        """Return the page at the place that the address names. Raises ValidationError for a place that is none."""
        log = self.log()
        turns = {"older": log.older, "newer": log.newer}
        asked = [name for name in turns if name in self.request.GET]
        if len(asked) > 1:
            raise ValidationError("The address names both “older” and “newer”; one place is enough.")
        for name in asked:
            return turns[name](place_in(name, self.request.GET[name]))
        return log.newest()

    def rows(self, events: list[Event]) -> dict[str, Any]:
        """Return the rows, and the particulars of the one that the address opens."""
        opened = self.request.GET.get("open", "")
        event = next((event for event in events if str(event.pk) == opened), None)
        things = [(self.kind.name, self.entity.pk)] if self.entity else []
        addresses = Addresses(events, self.request.user, also=things, opened=event)
        return {
            "entity_url": addresses.of_page(things[0]) if things else "",
            "rows": [Row(event, addresses) for event in events],
            "particulars": Particulars(event, addresses, self.request.user, self.query()) if event else None,
            "missed": opened if opened and not event else "",
            "place": query_of(self.request, without=("open",)),
        }

    def record_visit(self, events: list[Event]) -> None:
        """Record the reading of these, once a visit: turning pages, filtering and opening rows go with it."""
        if not self.is_visit_on_record(events):
            self.viewed.record(self.entity, by=self.request.user, **self.facts())  # type: ignore[arg-type]

    def is_visit_on_record(self, events: list[Event]) -> bool:  # noqa: ARG002  (some logs ask along with them)
        return bool(self.visits().exists())

    def visits(self) -> EventQuerySet:
        """Return the records of this visit, of whatever thing."""
        reader: Any = self.request.user
        recent: EventQuerySet = Event.objects.by_actor(reader.pk).filter(at__gt=timezone.now() - VISIT)
        return recent.filter(activity=self.viewed.code, outcome="succeeded")

    def facts(self) -> dict[str, Any]:
        return {}
