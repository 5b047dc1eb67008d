"""Deployment plans that wait for somebody, as far as the matrix tells of them. The app above keeps them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from applications.models import Application
from audit.activity import kind_named

Way = tuple[UUID, UUID]  # from one environment to another
Waiting = dict[UUID, dict[Way, "WaitingPlan"]]  # by application


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


def waiting_plans(applications: Iterable[Application], reader: Any) -> Waiting:
    """Return the newest waiting plan of each way of each application that the reader may see, in one query."""
    planned: Any = Application._meta.get_field("planned").related_model
    found: Waiting = {}
    for application, source, target, *plan in planned.objects.filter(application__in=applications).waiting(
        reader
    ):
        found.setdefault(application, {})[source, target] = WaitingPlan(*plan)
    return found
