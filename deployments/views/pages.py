"""The pages one reads: the list of plans, one plan, and how far it is."""

from typing import Any, cast

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.generic import TemplateView
from django_htmx.http import HttpResponseClientRefresh

from audit.activity.views import EntityDetail, EntityList, EntityMixin
from deployments import activities
from deployments.disclosure import disclosed
from deployments.forms import FilterForm, NotesForm
from deployments.models import Plan, PlanLogEntry, PlannedApplication
from deployments.running import running_in
from deployments.services import validate
from infrastructure.models import Environment
from users.models import User

State = PlannedApplication.State
LOG_SHOWN = 200  # the newest entries of a plan's log


class PlanList(EntityList):
    """Plans, newest first; only those of whose applications the reader may list every one."""

    kind = activities.PLAN
    template_name = "deployments/list.html"
    paginate_by = 50

    def get_queryset(self) -> "QuerySet[Any]":
        """Filter; a filter that cannot be read filters nothing, and is complained of."""
        plans: Any = super().get_queryset()
        self.form = FilterForm(self.request.GET or None, user=self.request.user)
        if self.form.is_valid():
            plans = self.form.filter(plans)
        planned = Prefetch("applications", PlannedApplication.objects.in_order())
        people = ("created_by", "started_by", "aborted_by")
        return plans.select_related("source", "target", *people).prefetch_related(planned).newest_first()  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the filter, and whether there is anywhere to deploy to."""
        return super().get_context_data(
            form=self.form,
            has_environments=Environment.objects.visible_to(self.request.user).exists(),
            is_filtered=self.form.is_valid() and any(self.form.cleaned_data.values()),
            **kwargs,
        )


class PlanDetail(EntityDetail):
    """One plan: review, progress and result, whichever it is at."""

    kind = activities.PLAN
    accessed = activities.accessed
    template_name = "deployments/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what it does and, where it could go on, what keeps it from that."""
        plan = cast(Plan, self.entity)
        checked = plan.is_open or plan.is_prepared
        return super().get_context_data(
            **progress(plan, self.request.user),
            conflicts=disclosed(validate(plan), to=cast(User, self.request.user)) if checked else [],
            notes_form=NotesForm(initial={"notes": plan.notes}),
            **kwargs,
        )


class PlanProgress(EntityMixin, TemplateView):
    """The part of a plan's page that changes while it runs; it belongs to the page, whose opening was recorded."""

    kind = activities.PLAN
    template_name = "deployments/progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show how far the plan is; as soon as it stands elsewhere, have the whole page read again."""
        plan = cast(Plan, self.entity)
        if request.GET.get("status") != plan.status:
            return HttpResponseClientRefresh()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the part shows."""
        return super().get_context_data(**progress(cast(Plan, self.entity), self.request.user), **kwargs)


def progress(plan: Plan, user: Any) -> dict[str, Any]:
    """Return what a plan does with each application, how far it is, and the end of its log."""
    planned = list(plan.applications.in_order())
    keys = [one.application_id for one in planned]
    source, target = running_in(plan.source_id, keys, user), running_in(plan.target_id, keys, user)
    rows = [(one, source.get(one.application_id), target.get(one.application_id)) for one in planned]
    moving = [one for one in planned if one.operation != one.Operation.NOTHING]
    preparing = plan.stage == Plan.Stage.PREPARE
    finished = {State.DONE, State.PREPARED} if preparing else {State.DONE}
    newest = list(PlanLogEntry.objects.filter(plan=plan).order_by("-pk")[: LOG_SHOWN + 1])
    return {
        "rows": rows,
        "moving": len(moving),
        "finished": sum(one.state in finished for one in moving),
        "log": newest[:LOG_SHOWN][::-1],
        "log_is_cut": len(newest) > LOG_SHOWN,
    }
