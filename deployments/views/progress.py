"""How far a plan is: what its page shows once it was launched, read again while it runs; and its whole log."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.generic import TemplateView, View
from django_htmx.http import HttpResponseClientRefresh

from deployments.models import Plan, PlanLogEntry, PlannedApplication
from deployments.overview import Overview, overview
from deployments.views.steps import PlanMixin

State = PlannedApplication.State
ROWS = 50  # applications on a page
LOG_ENTRIES, LOG_CHARACTERS = 200, 30_000  # of the log, on the page: its end


class PlanProgress(PlanMixin, TemplateView):
    """The part of a plan's page that changes while it runs; it belongs to the page, whose opening was recorded."""

    template_name = "deployments/progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show how far the plan is; as soon as it stands elsewhere, have the whole page read again."""
        if request.GET.get("status") != self.entity.status:
            return HttpResponseClientRefresh()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the part shows."""
        found = overview(self.entity, self.request.user)
        return super().get_context_data(**how_far(found, self.request), is_part=True, **kwargs)


class PlanLogFile(PlanMixin, View):
    """The whole log as text: what was done, and what the programs printed."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> StreamingHttpResponse:  # noqa: ARG002
        """Answer it line by line."""
        return StreamingHttpResponse(_told(self.entity), content_type="text/plain; charset=utf-8")


def how_far(found: Overview, request: HttpRequest) -> dict[str, Any]:
    """Return what a launched plan does with each application, how far it is, and the end of its log."""
    plan = found.plan
    if plan.is_open:
        return {"moving": len(found.moving)}
    pages = Paginator(found.rows, ROWS)
    asked = request.GET.get("page")
    log, is_cut = _end_of_log(plan)
    return {
        "rows": pages.get_page(asked or _at_work(found)),
        "asked_page": asked,
        "moving": len(found.moving),
        "finished": found.finished,
        "failed": sum(row.planned is not None and row.planned.state == State.FAILED for row in found.moving),
        "log": log,
        "log_is_cut": is_cut,
    }


def _at_work(found: Overview) -> int:
    """The page with the application at work, or the first that waits; of a plan that has ended, the first page."""
    states = [row.planned.state if row.planned and row.moves else State.DONE for row in found.rows]
    ends = {State.DONE, State.PREPARED} if found.plan.stage == Plan.Stage.PREPARE else {State.DONE}
    waiting = (place for place, state in enumerate(states) if state not in ends)
    return next(waiting, 0) // ROWS + 1 if found.plan.is_under_way else 1


def _end_of_log(plan: Plan) -> tuple[list[PlanLogEntry], bool]:
    newest = list(PlanLogEntry.objects.filter(plan=plan).order_by("-pk")[: LOG_ENTRIES + 1])
    shown, room = 0, LOG_CHARACTERS
    for entry in newest[:LOG_ENTRIES]:
        room -= len(entry.message)
        if room < 0 and shown:
            break
        shown += 1
    return newest[:shown][::-1], shown < len(newest)


def _told(plan: Plan) -> Iterator[str]:
    entries = PlanLogEntry.objects.filter(plan=plan).order_by("pk")
    for entry in entries.iterator(chunk_size=2000):
        kind = "" if entry.type == entry.Type.INFO else f"{entry.type.upper()} "
        yield f"{entry.at:%Y-%m-%d %H:%M:%S} {kind}{entry.message}\n"
