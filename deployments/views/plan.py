"""The one page of a plan: draft, review, live progress and result, whichever it is at."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import View

from deployments import activities, services
from deployments.choices import Line, offered, value_of, versions_of
from deployments.force import SILENCE, latest
from deployments.forms import DraftForm, LookForm
from deployments.models import Plan, PlanLogEntry, PlannedApplication
from deployments.overview import Overview, Row, overview
from deployments.rules import allowed
from deployments.views.progress import ROWS, how_far
from deployments.views.steps import Overtaken, PlanStep

Kind = PlannedApplication.Operation
CONFLICTS_TOLD = 12  # the others are a click away


class PlanPage(PlanStep):
    """One plan. While it is open its options are chosen here; what the page does not show stays as it is."""

    activity = activities.edited
    form_class = DraftForm
    template_name = "deployments/detail.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the plan; forget what was read before, if it is asked for again."""
        super().setup(request, *args, **kwargs)
        for name in ("found", "lines", "look"):
            self.__dict__.pop(name, None)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Record the reading, which asks the same permission as editing does."""
        if request.method == "POST":
            return super().dispatch(request, *args, **kwargs)
        activities.accessed.record(self.entity, by=self.by)
        return View.dispatch(self, request, *args, **kwargs)

    @cached_property
    def found(self) -> Overview:
        """Everything about the plan's applications, those included that could be chosen."""
        return overview(self.entity, self.by, offering=self.entity.is_open)

    @cached_property
    def lines(self) -> list[Line]:
        """What can be chosen for the applications that were sent, or that one looks at."""
        if not (self.entity.is_open or self.entity.is_prepared):
            return []
        self.look.full_clean()
        by_conflict = self.look.data.get("show") == LookForm.Which.CONFLICTS
        shown = self.found.moving if by_conflict else self._shown()
        versions = versions_of({row.application.pk for row in (*shown, *self.found.to_be_tagged)})
        self.found.examine(versions)
        return offered(self._shown(), versions) if self.entity.is_open else []

    @cached_property
    def look(self) -> LookForm:
        """Which applications one looks at."""
        return LookForm(self.request.POST or self.request.GET)

    def _shown(self) -> list[Row]:
        sent = [row for row in self.found.rows if DraftForm.name_of(row.application.pk) in self.request.POST]
        rows = sent or [row for row in self.found.rows if self.look.keeps(row)]
        self.page: Page[Row] = Paginator(rows, ROWS).get_page(self.request.GET.get("page"))
        return list(self.page.object_list)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what can be chosen."""
        return {**super().get_form_kwargs(), "lines": self.lines}

    @cached_property
    def stored(self) -> Mapping[str, Any]:
        """What the page shows, from what was read for it."""
        chosen = {DraftForm.name_of(row.application.pk): value_of(row.planned) for row in self.found.rows}
        return {"notes": self.entity.notes, **chosen}

    def shown(self, entity: Plan) -> Mapping[str, Any]:
        """Read anew what the page shows."""
        planned = entity.applications.select_related("version")
        chosen = {DraftForm.name_of(one.application_id): value_of(one) for one in planned}
        return {**dict.fromkeys(self.stored, value_of(None)), "notes": entity.notes, **chosen}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how the plan stands and what its reader may do."""
        context, plan = super().get_context_data(**kwargs), self.entity
        progress = how_far(self.found, self.request)
        if plan.is_open:
            context |= {"look": self.look, "page_obj": self.page, "offered": len(self.found.rows)}
        return {
            **context,
            **progress,
            "may": allowed(self.by, plan, self.found.standing),
            "conflicts": self.found.conflicts[:CONFLICTS_TOLD],
            "more_conflicts": len(self.found.conflicts[CONFLICTS_TOLD:]),
            "closed": next((place for place in (plan.source, plan.target) if place.in_maintenance), None),
            "is_silent": self._is_silent(progress.get("log", [])),
            "entered": self.found.known.entered,
        }

    def _is_silent(self, log: Sequence[PlanLogEntry]) -> bool:
        """Say whether the worker of a running plan should have been heard of."""
        waits_for_worker = self.entity.status in {Plan.Status.RUNNING, Plan.Status.ABORTING}
        newest = log[-1].at if log else None
        return waits_for_worker and timezone.now() > latest(self.entity, newest) + SILENCE

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Keep what was chosen, and all that changed if that was asked for."""
        draft = cast(DraftForm, form)
        self.operations = draft.operations()
        self.among = {line.application.pk for line in draft.lines}
        self.then = self.request.POST.get("then", "")
        if self.then == "changed":
            self._suggest()
        return super().form_valid(form)

    def _suggest(self) -> None:
        moving = {one.application.pk for one in self.operations if one.operation != Kind.NOTHING}
        moving |= {row.application.pk for row in self.found.moving if row.application.pk not in self.among}
        rows = [row for row in self.found.rows if row.is_newer and row.application.pk not in moving]
        keys = {row.application.pk for row in rows}
        self.operations = [one for one in self.operations if one.application.pk not in keys]
        self.operations += [line.suggested for line in offered(rows, versions_of(keys))]
        self.among |= keys

    def perform(self, data: dict[str, Any]) -> str:
        """Do what the button says. Whatever became of the plan meanwhile, notes that were typed are kept."""
        try:
            address = super().perform(data)
        except Overtaken:
            services.edit_notes(self.entity, by=self.by, notes=data["notes"])
            raise
        if self.then == "launch":
            return reverse("deployments:start", args=[self.entity.pk])
        page = self.then.removeprefix("page ") if self.then.startswith("page ") else ""
        look = {**{name: self.request.POST.get(name, "") for name in ("find", "show")}, "page": page}
        query = urlencode({name: value for name, value in look.items() if value})
        return f"{address}?{query}" if query else address

    def act(self, data: dict[str, Any]) -> None:
        """Keep the choices; save the plan too, if that is what was asked for."""
        chosen: dict[str, Any] = {"operations": self.operations, "among": self.among, "notes": data["notes"]}
        if self.then == "save":
            services.save_plan(self.entity, by=self.by, **chosen)
            messages.success(self.request, "The plan is saved.")
        else:
            services.choose(self.entity, by=self.by, **chosen)
