"""Deployment plans that wait for somebody, as far as the matrix tells of them. The app above keeps them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery

from applications.models import Application
from audit.activity import kind_named
from infrastructure.models import Environment


@dataclass(frozen=True)
class WaitingPlan:
    """A plan that was saved and not launched, or prepared and not continued."""

    key: UUID
    number: int
    is_prepared: bool

    @property
    def state(self) -> str:
        """LifeTime's word for it."""
        return "prepared" if self.is_prepared else "saved"

    @property
    def url(self) -> str:
        """The address of its page."""
        return kind_named("deployment_plan").url(self.key)


def waiting_plans(reader: Any, *, application: Any, source: Any) -> ArraySubquery:
    """Return, for the query that knows both, the newest plan to each target that waits and that the reader may see."""
    planned: Any = Application._meta.get_field("planned").related_model
    return ArraySubquery(planned.objects.filter(application=application, plan__source=source).waiting(reader))


def plan_to(target: Environment, told: Iterable[dict[str, Any]]) -> WaitingPlan | None:
    """Return the plan to this target out of those."""
    for plan in told:
        if plan["target"] == str(target.pk):
            return WaitingPlan(UUID(plan["key"]), plan["number"], plan["is_prepared"])
    return None
