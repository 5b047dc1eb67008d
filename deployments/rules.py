"""Who may do what with deployment plans (lifetime.md, 1e and the decisions)."""

from collections.abc import Sequence
from typing import Any

from applications.models import Application
from audit.activity import permission, predicate
from deployments.models import Plan, PlannedApplication
from roles.models import Level


def _permitted(user: Any, plan: Plan, operations: Sequence[str], environment: Any) -> bool:
    """Say whether the user may change and deploy, in that environment, every application with one of the operations."""
    planned = plan.applications.filter(operation__in=operations).values("application")
    permitted = Application.objects.at_least(user, Level.CHANGE_AND_DEPLOY, [environment])
    return not Application.objects.filter(pk__in=planned).exclude(pk__in=permitted.values("pk")).exists()


@predicate
def sees(user: Any, plan: Plan | None) -> bool:
    """List on every application of the plan, in its source or target."""
    return bool(
        user.is_active and plan is not None and Plan.objects.visible_to(user).filter(pk=plan.pk).exists()
    )


@predicate
def plans(user: Any) -> bool:
    """Anybody active may begin a plan; which applications it can hold depends on what they see."""
    return bool(user.is_active)


@predicate
def deploys(user: Any, plan: Plan) -> bool:
    """Change and Deploy in the target for every application that the plan deploys; for all, while it deploys none."""
    operation = PlannedApplication.Operation
    moving = [operation.DEPLOY, operation.TAG_AND_DEPLOY]
    if not plan.applications.moving().exists():
        moving = [operation.NOTHING]
    return bool(user.is_active and _permitted(user, plan, moving, plan.target_id))


@predicate
def tags(user: Any, plan: Plan) -> bool:
    """Change and Deploy in the source for every application that the plan tags."""
    return bool(
        user.is_active
        and _permitted(user, plan, [PlannedApplication.Operation.TAG_AND_DEPLOY], plan.source_id)
    )


@predicate
def created(user: Any, plan: Plan) -> bool:
    """Made the plan."""
    return bool(user.is_active and plan.created_by_id == user.pk)


permission("deployments.see", "List Applications in every application of the plan", sees)
permission("deployments.create", "an active account", plans)
permission("deployments.edit", "List Applications in every application of the plan", sees)
permission(
    "deployments.save",
    "Change and Deploy in the source for every application that the plan tags",
    sees & tags,
)
permission(
    "deployments.deploy",
    "Change and Deploy in the target for every application of the plan (and in the source for those it tags)",
    sees & deploys & tags,
)
permission(
    "deployments.steer", "Change and Deploy in the target for every application of the plan", sees & deploys
)
permission(
    "deployments.discard",
    "to have created the plan, or Change and Deploy in the target for every application of it",
    sees & (created | deploys),
)
