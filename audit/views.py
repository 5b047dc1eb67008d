"""The pages of the record: three logs with one component, a single event, and the Excel file."""

from functools import cached_property
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from audit import activities, paging
from audit.activity import Kind, kind_named
from audit.activity.gates import fetch
from audit.addresses import Addresses
from audit.deleted import find_deleted
from audit.export import CHUNK, Workbook
from audit.filters import PARAMETERS, Chip, EventFilter
from audit.log_view import LogView
from audit.models import Event
from audit.parameters import PLACES, filters_in, problems_of, query_of
from audit.particulars import Particulars
from audit.rows import Row
from audit.rules import with_readable_log

CHANGE_OR_ACTIVITY = {
    "Change log": "audit:activity_log",
    "Activity log": "audit:change_log",
}  # each leads to the other
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AuditLogs(LogView):
    """The infrastructure-wide log, with its filters."""

    template_name = "audit/logs.html"
    viewed = activities.logs_viewed
    parameters: tuple[str, ...] = (*PARAMETERS, *PLACES)

    @cached_property
    def filter(self) -> EventFilter:
        """The filters of the address, over what the reader may see."""
        visible = Event.objects.visible_to(self.request.user).defer("salt")
        return EventFilter(filters_in(self.request), visible)

    def authorise(self) -> None:
        self.viewed.ask(None, by=self.request.user)  # type: ignore[arg-type]

    def check(self) -> None:
        if not self.filter.form.is_valid():
            raise ValidationError([])

    def query(self) -> QueryDict:
        return self.request.GET

    def log(self) -> paging.Log:
        return self.filter.log(self.filter.qs.annotate(is_visited=Exists(self.visits())))

    def is_visit_on_record(self, events: list[Any]) -> bool:
        return bool(events[0].is_visited) if events else super().is_visit_on_record(events)

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
    thing: Any
    parameters = ("updates", *PLACES)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the kind that the address names. Raises Http404."""
        super().setup(request, *args, **kwargs)
        self.kind = _kind(self.kwargs["kind"])

    @property
    def only_updates(self) -> bool:
        """Whether reads and sign-ins are left out."""
        return self.request.GET.get("updates") == "1"

    def check(self) -> None:
        if self.request.GET.get("updates", "1") != "1":
            raise ValidationError("“updates” is 1, or left out.")

    def facts(self) -> dict[str, Any]:
        return {"kind": self.kind.label.lower()}

    def context(self) -> dict[str, Any]:
        other = CHANGE_OR_ACTIVITY[self.title] if self.kind.acts and self.entity else ""
        chips = [Chip("Only updates", "")] if self.only_updates else []
        return {
            "title": self.title,
            "kind": self.kind,
            "entity": self.thing,
            "is_deleted": self.entity is None,
            "other": other,
            "chips": chips,
        }

    def is_visit_on_record(self, events: list[Event]) -> bool:  # noqa: ARG002
        return bool(self.thing.is_visited)

    def find(self) -> None:
        """Find the thing that the address names, among those that the reader may know of. Raises Http404."""
        reader: Any = self.request.user
        reads_everything = reader.has_perm("audit.view_all")
        known = self.kind.model._default_manager.all() if reads_everything else self.kind.visible(reader)
        asked = known.annotate(
            is_readable=Exists(with_readable_log(self.kind, reader).filter(pk=OuterRef("pk"))),
            is_visited=Exists(self.visits().filter(entity_key=OuterRef("pk"))),
        )
        self.entity = self.thing = fetch(asked, self.kwargs["key"])
        if not self.kind.matches(self.thing):
            raise Http404


class ChangeLog(ThingLog):
    """Everything done to a thing. That of a deleted one stays, for those who may read everything."""

    title = "Change log"
    viewed = activities.change_log_viewed

    def authorise(self) -> None:
        try:
            self.find()
        except Http404:
            self.thing = find_deleted(self.kind, str(self.kwargs["key"]), reader=self.request.user)
            self.viewed = activities.deleted_change_log_viewed
            return
        if not self.thing.is_readable:
            by: Any = self.request.user
            self.viewed.refuse(self.thing, by=by, needs=self.kind.needs, **self.facts())
        self.thing.log_is_open_to = self.request.user

    def facts(self) -> dict[str, Any]:
        if self.entity is None:
            return {**super().facts(), "thing": self.thing.subject}
        return super().facts()

    def is_visit_on_record(self, events: list[Event]) -> bool:
        if self.entity is None:
            return bool(self.visits().about(self.kind.name, self.thing.pk).exists())
        return super().is_visit_on_record(events)

    def log(self) -> paging.Log:
        visible = Event.objects.visible_to(self.request.user).defer("salt")
        return paging.Log(visible, thing=(self.kind.name, self.thing.pk), only_updates=self.only_updates)


class ActivityLog(ThingLog):
    """Everything that a person or a service account did."""

    title = "Activity log"
    viewed = activities.activity_log_viewed

    def authorise(self) -> None:
        if not self.kind.acts:
            raise Http404
        self.find()
        self.viewed.ask(self.thing, by=self.request.user)  # type: ignore[arg-type]

    def log(self) -> paging.Log:
        visible = Event.objects.visible_to(self.request.user).defer("salt")
        events = visible.by_actor(self.thing.pk)
        return paging.Log(events.filter(is_update=True) if self.only_updates else events)


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
