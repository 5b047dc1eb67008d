"""Everything that can happen to deployment plans."""

from audit.activity import Activity, Kind
from deployments.models import Plan

PLAN = Kind(
    model=Plan,
    name="deployment_plan",
    label="Deployment plan",
    title="Deployment plans",
    readable=lambda user: Plan.objects.visible_to(user),
    visible=lambda user: Plan.objects.visible_to(user),
    needs="List Applications in every application of the plan",
    url_name="deployments:detail",
)

accessed = Activity(
    PLAN, "accessed", "Accessed deployment plan {entity} details", requires="deployments.see", is_update=False
)
