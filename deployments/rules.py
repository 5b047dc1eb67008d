"""Who may do what with deployment plans (lifetime.md, 1e and the decisions)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from applications.models import EffectivePermission
from audit.activity import permission, predicate
from deployments.models import Plan, PlannedApplication
from roles.models import Level

Operation = PlannedApplication.Operation


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody may do with what a plan holds: its options and their levels, each by the application's key."""

    options: Mapping[UUID, str]
    source: Mapping[UUID, int]
    target: Mapping[UUID, int]

    @classmethod
    def of(cls, user: Any, plan: Plan) -> Self:
        """Read it, in two queries."""
        options = dict(plan.applications.values_list("application", "operation"))
        held = EffectivePermission.objects.filter(
            user=user.pk, application__in=list(options), environment__in=[plan.source_id, plan.target_id]
        )
        levels: dict[UUID, dict[UUID, int]] = {plan.source_id: {}, plan.target_id: {}}
        for application, environment, level in held.values_list("application", "environment", "level"):
            levels[environment][application] = level
        return cls(options, levels[plan.source_id], levels[plan.target_id])

    @property
    def deploys(self) -> bool:
        """Change and Deploy in the target for every application that is deployed; for all, while none is."""
        moving = [key for key, option in self.options.items() if option != Operation.NOTHING]
        return _all_at(self.target, moving or self.options)

    @property
    def tags(self) -> bool:
        """Change and Deploy in the source for every application that is tagged."""
        tagged = [key for key, option in self.options.items() if option == Operation.TAG_AND_DEPLOY]
        return _all_at(self.source, tagged)


def allowed(user: Any, plan: Plan, standing: Standing) -> dict[str, bool]:
    """Say what somebody who sees the plan may do with it, from a standing that was read already."""
    return {
        "save": standing.tags,
        "deploy": standing.deploys and standing.tags,
        "steer": standing.deploys,
        "discard": standing.deploys or plan.created_by_id == user.pk,
        "force": user.has_perm("infrastructure.manage"),
    }


def _all_at(levels: Mapping[UUID, int], applications: Iterable[UUID]) -> bool:
    return all(levels.get(key, Level.NO_ACCESS) >= Level.CHANGE_AND_DEPLOY for key in applications)


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
def saves(user: Any, plan: Plan) -> bool:
    """See the plan, and tag what it tags."""
    return sees(user, plan) and Standing.of(user, plan).tags


@predicate
def deploys(user: Any, plan: Plan) -> bool:
    """See the plan, and deploy what it deploys."""
    return sees(user, plan) and Standing.of(user, plan).deploys


@predicate
def launches(user: Any, plan: Plan) -> bool:
    """See the plan, deploy what it deploys and tag what it tags."""
    standing = Standing.of(user, plan) if sees(user, plan) else None
    return standing is not None and standing.deploys and standing.tags


@predicate
def created(user: Any, plan: Plan) -> bool:
    """Made the plan."""
    return bool(user.is_active and plan.created_by_id == user.pk)


@predicate
def manages(user: Any, plan: Plan) -> bool:
    """See the plan, and manage the infrastructure that its runner is part of."""
    return sees(user, plan) and bool(user.has_perm("infrastructure.manage"))


permission("deployments.see", "List Applications in every application of the plan", sees)
permission("deployments.create", "an active account", plans)
permission("deployments.edit", "List Applications in every application of the plan", sees)
permission(
    "deployments.save",
    "Change and Deploy in the source for every application that the plan tags",
    saves,
)
permission(
    "deployments.deploy",
    "Change and Deploy in the target for every application of the plan (and in the source for those it tags)",
    launches,
)
permission("deployments.steer", "Change and Deploy in the target for every application of the plan", deploys)
permission(
    "deployments.discard",
    "to have created the plan, or Change and Deploy in the target for every application of it",
    deploys | (sees & created),
)
permission("deployments.force", "Manage Infrastructure and Users", manages)
