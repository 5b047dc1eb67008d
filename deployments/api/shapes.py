"""How the LifeTime API writes deployment plans."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse
from rest_framework.request import Request

from applications.models import EnvironmentStatus
from audit.activity.documents import moment
from deployments.models import Plan, PlannedApplication
from deployments.services import Conflict
from infrastructure.api import zone_key
from users.models import User

PEOPLE = ("created", "saved", "started", "aborted")


def plan_json(plan: Plan, request: Request) -> dict[str, Any]:
    """Return the documented shape of a plan."""
    shape = {
        "Key": str(plan.key),
        "SourceEnvironmentKey": str(plan.source_id),
        "TargetEnvironmentKey": str(plan.target_id),
        "DetailsURL": request.build_absolute_uri(reverse("deployments:detail", args=[plan.key])),
        "Notes": plan.notes,
    }
    for step in PEOPLE:
        shape |= step_json(step.capitalize(), getattr(plan, f"{step}_at"), getattr(plan, f"{step}_by"))
    operations = [operation_json(planned) for planned in plan.applications.all()]
    return {**shape, "ApplicationOperations": operations}


def step_json(name: str, at: datetime | None, by: User | None) -> dict[str, str]:
    """Return when and by whom something was done with a plan; the null date and nobody where it was not."""
    return {
        f"{name}On": moment(at),
        f"{name}By": by.name if by else "",
        f"{name}ByUsername": by.username if by else "",
    }


def operation_json(planned: PlannedApplication) -> dict[str, str]:
    """Return the documented shape of what a plan does with one application."""
    return {
        "ApplicationKey": str(planned.application_id),
        "ApplicationVersionKey": str(planned.version_id or ""),
        "DeploymentOperation": planned.option,
        "DeploymentZoneKey": zone_key(planned.plan.target_id),
    }


def conflict_json(conflict: Conflict, operations: dict[UUID, dict[str, str]]) -> dict[str, Any]:
    """Return the documented shape: the application it is about consumes; we know of no modules."""
    about = operations.get(conflict.application.pk) if conflict.application else None
    nothing = {
        "ProducerModuleKey": "",
        "ConsumerModuleKey": "",
        "TotalRequiredElements": 0,
        "ConflictType": "",
    }
    return {
        "Message": conflict.message,
        "ProducerApplicationOperation": None,
        "ConsumerApplicationOperation": about,
        "ModuleConflict": nothing,
    }


def deployed_json(plan: Plan, request: Request) -> list[dict[str, Any]]:
    """Return which applications arrive in the target, and which of them are new there, as far as the caller sees."""
    moving = [one for one in plan.applications.all() if one.operation != PlannedApplication.Operation.NOTHING]
    there = EnvironmentStatus.objects.visible_to(request.user).filter(environment=plan.target_id)
    known = set(there.values_list("application", flat=True))
    return [
        {
            "ApplicationKey": str(one.application_id),
            "ApplicationName": one.application.name,
            "IsNew": one.application_id not in known,
            "ModulesInBinary": [],
        }
        for one in moving
    ]


def plans(request: Request) -> Any:
    """Return the plans that the caller may see and that were saved at least once."""
    saved = Plan.objects.visible_to(request.user).exclude(status=Plan.Status.DRAFT)
    people = [f"{step}_by" for step in PEOPLE]
    operations = Prefetch("applications", PlannedApplication.objects.in_order())
    return saved.select_related(*people).prefetch_related(operations)
