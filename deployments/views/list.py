"""The list of plans, by keyset: a page begins after a plan's number, so it costs the same however far down it is."""

from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import QueryDict

from audit.activity.views import EntityList
from deployments import activities
from deployments.forms import FilterForm
from deployments.models import Plan, PlannedApplication
from infrastructure.models import Environment

PLANS = 50  # on a page
NAMED = 4  # applications that a plan's line calls by name
PLACES = ("before", "after")  # the number of the plan beside which a page begins
UNDER_WAY = [Plan.Status.RUNNING, Plan.Status.WAITING, Plan.Status.ABORTING]


class PlanList(EntityList):
    """Plans, newest first; only those of whose applications the reader may list every one."""

    kind = activities.PLAN
    template_name = "deployments/list.html"
    paginate_by = None

    def get_queryset(self) -> "QuerySet[Any]":
        """Filter; a filter that cannot be read filters nothing, and is complained of."""
        plans: Any = super().get_queryset()
        self.places = list(Environment.objects.visible_to(self.request.user).in_order())
        self.form = FilterForm(self.request.GET or None, places=self.places)
        return self.form.filter(plans) if self.form.is_valid() else plans

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Cut the page out, and add the filter, how many plans there are and the pages beside this one."""
        matching: Any = self.object_list
        page, newer, older = self._page(_with_names(matching))
        counts = matching.aggregate(all=Count("pk"), under_way=Count("pk", filter=Q(status__in=UNDER_WAY)))
        return super().get_context_data(
            object_list=page,
            newer=newer,
            older=older,
            count=counts["all"],
            under_way=counts["under_way"],
            form=self.form,
            has_environments=bool(self.places),
            is_filtered=self.form.is_valid() and any(self.form.cleaned_data.values()),
            **kwargs,
        )

    def _page(self, plans: "QuerySet[Any]") -> tuple[list[Plan], str, str]:
        """Return the page, and the addresses of its neighbours."""
        before, after = (_number(self.request.GET.get(name, "")) for name in PLACES)
        if after is not None:
            found = list(plans.filter(number__gt=after).order_by("number")[: PLANS + 1])
            page, more = found[:PLANS][::-1], len(found) > PLANS
            return page, self._beside(page, "after") if more else "", self._beside(page, "before")
        if before is not None:
            plans = plans.filter(number__lt=before)
        found = list(plans.order_by("-number")[: PLANS + 1])
        page, more = found[:PLANS], len(found) > PLANS
        newer = self._beside(page, "after") if before is not None else ""
        return page, newer, self._beside(page, "before") if more else ""

    def _beside(self, page: list[Plan], place: str) -> str:
        """Return the address of the page before or after this one, with the filters kept."""
        query: QueryDict = self.request.GET.copy()
        for name in PLACES:
            query.pop(name, None)
        if page:
            query[place] = str(page[0 if place == "after" else -1].number)
        return f"?{query.urlencode()}"


def _with_names(plans: "QuerySet[Any]") -> "QuerySet[Any]":
    people = ("created_by", "started_by", "aborted_by")
    first = PlannedApplication.objects.in_order()[:NAMED]
    rows = PlannedApplication.objects.filter(plan=OuterRef("pk")).order_by().values("plan")
    counted = plans.annotate(planned_count=Subquery(rows.annotate(count=Count("pk")).values("count")))
    related: QuerySet[Any] = counted.select_related("source", "target", *people)
    return related.prefetch_related(Prefetch("applications", first, to_attr="first_applications"))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
