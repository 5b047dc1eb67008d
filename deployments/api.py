"""Deployment plans in the LifeTime API, which knows them from the moment they are saved."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from applications.models import Application, EnvironmentStatus, Version
from audit.activity.api import LifeTimeView, accepted, caller, listing
from audit.activity.documents import day, document, flag, items, members, moment, parameter, text
from audit.activity.gates import NOTHING_HERE, fetch
from deployments import services
from deployments.activities import accessed
from deployments.disclosure import disclosed
from deployments.models import Plan, PlannedApplication
from deployments.services import Conflict, Operation
from infrastructure.api import zone_key
from infrastructure.models import Environment
from roles.models import Level
from users.models import User

DAYS_SHOWN = 7  # unless MinDate says otherwise
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


def plans(request: Request) -> Any:
    """Return the plans that the caller may see and that were saved at least once."""
    saved = Plan.objects.visible_to(request.user).exclude(status=Plan.Status.DRAFT)
    people = [f"{step}_by" for step in PEOPLE]
    operations = Prefetch("applications", PlannedApplication.objects.in_order())
    return saved.select_related(*people).prefetch_related(operations)


class Plans(LifeTimeView):
    """GET and POST /deployments/."""

    permission = None

    def get(self, request: Request) -> Response:
        """Answer the plans made from MinDate (a week ago) to MaxDate (today), newest first."""
        today = timezone.now().astimezone(UTC).date()
        first = day(request, "MinDate") or today - timedelta(days=DAYS_SHOWN)
        last = day(request, "MaxDate") or today
        found = plans(request).filter(created_at__range=(begin(first), end(last)))
        if target := parameter(request, "TargetEnvironmentKey"):
            found = found.filter(target=fetch(Environment.objects.visible_to(request.user), target))
        return listing([plan_json(plan, request) for plan in found.newest_first()])

    def post(self, request: Request) -> Response:
        """Make and save a plan; answer its key."""
        names = ("Notes", "SourceEnvironmentKey", "TargetEnvironmentKey", "ApplicationOperations")
        sent = document(self.body, *names)
        source = environment(request, sent, "SourceEnvironmentKey")
        target = environment(request, sent, "TargetEnvironmentKey")
        operations = requested(request, items(sent, "ApplicationOperations"), source, target)
        plan = services.create_plan(
            by=caller(request), source=source, target=target, operations=operations, notes=text(sent, "Notes")
        )
        services.save_plan(plan, by=caller(request))
        return Response(str(plan.key), status=HTTPStatus.CREATED)


class PlanDetail(LifeTimeView):
    """GET and DELETE /deployments/{DeploymentKey}/."""

    permission = None

    def get(self, request: Request, key: str) -> Response:
        """Answer a plan and what keeps it from being carried out now. Nothing of the plan changes by that."""
        plan = fetch(plans(request), key)
        accessed.record(plan, by=caller(request))
        operations = {planned.application_id: operation_json(planned) for planned in plan.applications.all()}
        conflicts = disclosed(services.validate(plan), to=caller(request))
        return Response(
            {
                "Deployment": plan_json(plan, request),
                "ApplicationsToDeploy": deployed_json(plan, request),
                "ApplicationsToRedeploy": [],
                "ApplicationConflicts": [conflict_json(conflict, operations) for conflict in conflicts],
                "ModulesToDelete": [],
            }
        )

    def delete(self, request: Request, key: str) -> Response:
        """Discard a plan that was never launched."""
        services.discard_plan(fetch(plans(request), key), by=caller(request))
        return Response(status=HTTPStatus.NO_CONTENT)


class PlanStatus(LifeTimeView):
    """GET /deployments/{DeploymentKey}/status/."""

    permission = None

    def get(self, request: Request, key: str) -> Response:
        """Answer how far the plan is, and its log."""
        plan = fetch(plans(request), key)
        log = plan.log.order_by("at", "pk")
        return Response(
            {
                "DeploymentStatus": plan.status,
                "Info": "deployment_prepared" if plan.status == Plan.Status.WAITING else "",
                "DeploymentLog": [
                    {"Instant": moment(entry.at), "Message": entry.message, "Type": entry.type}
                    for entry in log
                ],
            }
        )


class PlanCommand(LifeTimeView):
    """POST /deployments/{DeploymentKey}/{start|continue|abort}/."""

    permission = None
    flags: ClassVar[tuple[str, ...]] = ("RedeployOutdated", "IncludeErrorDetails", "ContinueWithErrors")
    service: ClassVar[Callable[..., None]]

    def post(self, request: Request, key: str) -> HttpResponse:
        """Perform the command. The switches of the original are read; here there is nothing that they would change."""
        plan = fetch(plans(request), key)
        for name in self.flags:
            flag(request, name)
        type(self).service(plan, by=caller(request))
        return accepted()


class Start(PlanCommand):
    """Launch; the worker carries it out."""

    service = staticmethod(services.start_plan)


class Continue(PlanCommand):
    """Begin the second stage of a prepared plan."""

    service = staticmethod(services.continue_plan)


class Abort(PlanCommand):
    """Ask for the end of a plan that is under way."""

    service = staticmethod(services.abort_plan)


def begin(first: date) -> datetime:
    """Return the first instant of a day."""
    return datetime.combine(first, time.min, UTC)


def end(last: date) -> datetime:
    """Return the last instant of a day."""
    return datetime.combine(last, time.max, UTC)


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


def environment(request: Request, sent: dict[str, Any], name: str) -> Environment:
    """Return the environment that the body names. Raises Http404, the same for hidden, absent and malformed."""
    try:
        found: Environment = fetch(Environment.objects.visible_to(request.user), text(sent, name))
    except Http404 as error:
        raise Http404(f"{name}: {NOTHING_HERE}") from error
    return found


def requested(request: Request, sent: list[Any], source: Environment, target: Environment) -> list[Operation]:
    """Return the operations that the body names, whose versions the caller may list there. Raises Http404."""
    listed = Application.objects.at_least(request.user, Level.LIST, [source.pk, target.pk])
    keys = [version_key(one, f"ApplicationOperations[{place}]", target) for place, one in enumerate(sent)]
    visible = Version.objects.filter(application__in=listed.values("pk")).select_related("application")
    found = visible.in_bulk([key for key in keys if key])
    operations = []
    for place, key in enumerate(keys):
        if key not in found:
            raise Http404(f"ApplicationOperations[{place}]: {NOTHING_HERE}")
        version = found[key]
        operations.append(
            Operation(version.application, PlannedApplication.Operation.DEPLOY, version=version)
        )
    return operations


def version_key(sent: Any, place: str, target: Environment) -> UUID | None:
    """Return the version's key in one operation; None for one that no version can have. Raises ValidationError."""
    operation = members(sent, place, "ApplicationVersionKey", "DeploymentZoneKey")
    zone = text(operation, "DeploymentZoneKey", required=False)
    if zone not in {"", zone_key(target.pk)}:
        raise ValidationError({"DeploymentZoneKey": f"{place} names a zone that the target does not have."})
    try:
        return UUID(text(operation, "ApplicationVersionKey"))
    except ValueError:
        return None
