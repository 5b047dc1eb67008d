"""The pages of the record: three logs with one component, a single event, and the Excel file."""

from datetime import timedelta
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from audit import activities, paging
from audit.activity import Activity, Kind, kind_named
from audit.activity.gates import fetch
from audit.export import CHUNK, Workbook
from audit.filters import PARAMETERS, EventFilter
from audit.models import Event, EventQuerySet
from audit.parameters import PLACES, filters_in, place_in, problems_of, query_of
from audit.rows import Addresses, Particulars, Row

VISIT = timedelta(minutes=30)  # reading on within it is the same reading: one event
CHANGE_OR_ACTIVITY = {
    "Change log": "audit:activity_log",
    "Activity log": "audit:change_log",
}  # each leads to the other
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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

    def get(self, request: HttpRequest, **_: str) -> HttpResponse:
        """Show the page of the log that the address names; what it does not make clear is answered with 400."""
        self.authorise()
        if problems := problems_of(request, self.parameters):
            return self.answer(problems=problems, status=400)
        try:
            page = self.page()
        except ValidationError as error:
            return self.answer(problems=error.messages, status=400)
        rows = self.rows(page)
        context = {**rows, "page": page, "count": self.log().count()}
        self.record_visit()
        return self.answer(**context)

    def answer(self, status: int = 200, **context: Any) -> HttpResponse:
        context = {**self.context(), "is_first_page": not set(PLACES[:2]) & set(self.request.GET), **context}
        return render(self.request, self.template_name, context, status=status)

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

    def rows(self, page: paging.Page) -> dict[str, Any]:
        """Return the rows, and the particulars of the one that the address opens."""
        opened = self.request.GET.get("open", "")
        event = next((event for event in page.events if str(event.pk) == opened), None)
        things = [(self.kind.name, self.entity.pk)] if self.entity else []
        addresses = Addresses(page.events, self.request.user, also=things, opened=event)
        particulars = Particulars(event, addresses, self.request.user) if event else None
        return {
            "entity_url": addresses.of(things[0]) if things else "",
            "rows": [Row(event, addresses) for event in page.events],
            "particulars": particulars,
            "missed": opened if opened and not event else "",
            "place": query_of(self.request, without=("open",)),
            "newer": query_of(self.request, without=PLACES, newer=page.newer),
            "older": query_of(self.request, without=PLACES, older=page.older),
        }

    def record_visit(self) -> None:
        """Record the reading, once a visit: turning pages, filtering and opening rows go with it."""
        if not self.is_visit_on_record():
            self.viewed.record(self.entity, by=self.request.user, **self.facts())  # type: ignore[arg-type]

    def is_visit_on_record(self) -> bool:
        return bool(self.visits().exists())

    def visits(self) -> EventQuerySet:
        """Return the records of this visit, of whatever thing."""
        reader: Any = self.request.user
        recent: EventQuerySet = Event.objects.by_actor(reader.pk).filter(at__gt=timezone.now() - VISIT)
        return recent.filter(activity=self.viewed.code, outcome="succeeded")

    def facts(self) -> dict[str, str]:
        return {}


class AuditLogs(LogView):
    """The infrastructure-wide log, with its filters."""

    template_name = "audit/logs.html"
    viewed = activities.logs_viewed
    parameters: tuple[str, ...] = (*PARAMETERS, *PLACES)

    def authorise(self) -> None:
        self.viewed.ask(None, by=self.request.user)  # type: ignore[arg-type]
        visible = Event.objects.visible_to(self.request.user).defer("salt")
        self.filter = EventFilter(filters_in(self.request), visible)

    def log(self) -> paging.Log:
        return paging.Log(self.filter.qs)

    def page(self) -> paging.Page:
        if not self.filter.form.is_valid():
            raise ValidationError([])
        return super().page()

    def context(self) -> dict[str, Any]:
        valid = self.filter.form.is_valid()
        return {
            "filter": self.filter,
            "chips": self.filter.chips if valid else [],
            "export": query_of(self.request, without=PLACES),
        }


class ThingLog(LogView):
    """A log of one thing."""

    template_name = "audit/thing_log.html"
    title: str

    def facts(self) -> dict[str, str]:
        return {"kind": self.kind.label.lower()}

    def context(self) -> dict[str, Any]:
        other = CHANGE_OR_ACTIVITY[self.title] if self.kind.acts else ""
        return {"title": self.title, "kind": self.kind, "entity": self.thing, "other": other}

    def is_visit_on_record(self) -> bool:
        return bool(self.thing.is_visited)

    def find(self, things: "models.QuerySet[Any]") -> Any:
        """Return the thing that the address names, if it is among these. Raises Http404."""
        visits = self.visits().filter(entity_key=OuterRef("pk"))
        self.entity = self.thing = fetch(things.annotate(is_visited=Exists(visits)), self.kwargs["key"])
        if not self.kind.matches(self.thing):
            raise Http404
        return self.thing


class ChangeLog(ThingLog):
    """Everything done to a thing."""

    title = "Change log"
    viewed = activities.change_log_viewed

    def authorise(self) -> None:
        reader: Any = self.request.user
        self.kind = _kind(self.kwargs["kind"])
        if reader.has_perm("audit.view_all"):
            self.find(self.kind.model._default_manager.all())
            return
        try:
            self.find(self.kind.readable(reader))
        except Http404:
            hidden = self.find(self.kind.visible(reader))
            self.viewed.refuse(hidden, by=reader, needs=self.kind.needs, **self.facts())

    def log(self) -> paging.Log:
        visible = Event.objects.visible_to(self.request.user).defer("salt")
        return paging.Log(visible, thing=(self.kind.name, self.thing.pk))


class ActivityLog(ThingLog):
    """Everything that a person or a service account did."""

    title = "Activity log"
    viewed = activities.activity_log_viewed

    def authorise(self) -> None:
        reader: Any = self.request.user
        self.kind = _kind(self.kwargs["kind"])
        if not self.kind.acts:
            raise Http404
        if reader.has_perm("audit.view_all"):
            self.find(self.kind.model._default_manager.all())
        else:
            self.viewed.ask(self.find(self.kind.visible(reader)), by=reader)

    def log(self) -> paging.Log:
        visible = Event.objects.visible_to(self.request.user).defer("salt")
        return paging.Log(visible.by_actor(self.thing.pk))


class EventPage(View):
    """One event: what the permanent link leads to."""

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        """Show the event; absent and hidden are the same 404."""
        event = Event.objects.visible_to(request.user).filter(pk=id).first()
        if event is None:
            raise Http404
        if problems := problems_of(request, ()):
            return render(request, "audit/event.html", {"problems": problems}, status=400)
        addresses = Addresses([event], request.user, opened=event)
        row, particulars = Row(event, addresses), Particulars(event, addresses, request.user)
        activities.event_viewed.record(None, by=request.user, number=event.pk)  # type: ignore[arg-type]
        return render(request, "audit/event.html", {"row": row, "particulars": particulars})


class Export(AuditLogs):
    """The filtered events as an Excel file. That they left is an event of its own."""

    viewed = activities.logs_exported
    parameters = PARAMETERS

    def get(self, request: HttpRequest, **_: str) -> HttpResponse:
        """Write the file, record the export, then send."""
        self.authorise()
        problems = problems_of(request, self.parameters)
        if problems or not self.filter.form.is_valid():
            return self.answer(problems=problems, status=400)
        file = self.write()
        name = f"audit-logs-{timezone.localdate():%Y-%m-%d}.xlsx"
        return FileResponse(file, as_attachment=True, filename=name, content_type=EXCEL)  # type: ignore[return-value]

    def write(self) -> IO[bytes]:
        """Write and record; a file whose export cannot be recorded does not leave."""
        workbook = Workbook()
        try:
            with transaction.atomic():  # a server-side cursor lives in a transaction
                workbook.add(self.filter.qs.newest_first().iterator(chunk_size=CHUNK))
            self.record(workbook.events)
        except BaseException:
            workbook.discard()
            raise
        about = {"Filter": self.filter.description, "Exported by": str(self.request.user)}
        return workbook.finish({**about, "Exported at": timezone.localtime().isoformat(" ", "seconds")})

    def record(self, number: int) -> None:
        events = f"{number:,} event{'' if number == 1 else 's'}"
        by: Any = self.request.user
        self.viewed.record(None, by=by, events=events, filters=self.filter.description)


def _kind(name: str) -> Kind:
    try:
        return kind_named(name)
    except KeyError as error:
        raise Http404 from error
