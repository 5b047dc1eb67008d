"""How the LifeTime API writes deployment plans."""

from typing import Annotated, Any, NotRequired, TypedDict
from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse
from rest_framework.request import Request

from applications.models import EnvironmentStatus
from audit.activity.documents import moment
from audit.activity.shapes import Blank, Field, Key, KeyOrNone, Moment, Nothing, longest
from deployments.models import Plan, PlanLogEntry, PlannedApplication
from deployments.services import Conflict
from infrastructure.shapes import zone_key

PEOPLE = ("created", "saved", "started", "aborted")
STATUSES = tuple(status for status in Plan.Status.values if status != Plan.Status.DRAFT)


Notes = Annotated[str, Field("What the plan is for.", "Nightly", longest(Plan, "notes"))]
When = Annotated[Moment, Field("When that was; the null date where it was not.")]
Who = Annotated[str, Field("The name of who did it; empty where nobody did.", "Jun Sato")]
Username = Annotated[str, Field("Their username.", "jun.sato")]


class PlanOperationShape(TypedDict):
    """What a plan does with one application."""

    ApplicationKey: Key
    ApplicationVersionKey: KeyOrNone
    DeploymentOperation: Annotated[str, Field("In words.", "Deploy 1.5")]
    DeploymentZoneKey: Annotated[Key, Field("The target's one zone.")]


class StepsShape(TypedDict):
    """Who did what with a plan, and when."""

    CreatedOn: When
    CreatedBy: Who
    CreatedByUsername: Username
    SavedOn: When
    SavedBy: Who
    SavedByUsername: Username
    StartedOn: When
    StartedBy: Who
    StartedByUsername: Username
    AbortedOn: When
    AbortedBy: Who
    AbortedByUsername: Username


class ChangedPlanShape(StepsShape):
    """A deployment plan that was changed, with the operations as they were sent."""

    Key: Key
    SourceEnvironmentKey: Key
    TargetEnvironmentKey: Key
    Notes: Notes
    ApplicationOperations: "list[SentOperationShape]"


class PlanShape(StepsShape):
    """A deployment plan."""

    Key: Key
    SourceEnvironmentKey: Key
    TargetEnvironmentKey: Key
    DetailsURL: Annotated[str, Field("Its page in the console.", "https://console.example.com/deployments/")]
    Notes: Notes
    ApplicationOperations: list[PlanOperationShape]


class DeployedShape(TypedDict):
    """An application that arrives in the target."""

    ApplicationKey: Key
    ApplicationName: Annotated[str, Field("Its name.", "Claims")]
    IsNew: Annotated[bool, Field("The target does not have it yet.", False)]
    ModulesInBinary: Nothing


class ModuleConflictShape(TypedDict):
    """Which modules are in conflict: this console knows none."""

    ProducerModuleKey: Blank
    ConsumerModuleKey: Blank
    TotalRequiredElements: Annotated[int, Field("Always 0.", 0, {"const": 0})]
    ConflictType: Blank


class ConflictShape(TypedDict):
    """What keeps a plan from being carried out."""

    Message: Annotated[str, Field("In words.", "Claims is blocked in Production: Freeze until 7 January")]
    ProducerApplicationOperation: None
    ConsumerApplicationOperation: Annotated[
        PlanOperationShape | None, Field("The operation it is about; null where it is about the whole plan.")
    ]
    ModuleConflict: ModuleConflictShape


class PlanDetailShape(TypedDict):
    """A plan, and what keeps it from being carried out now."""

    Deployment: PlanShape
    ApplicationsToDeploy: list[DeployedShape]
    ApplicationsToRedeploy: Nothing
    ApplicationConflicts: list[ConflictShape]
    ModulesToDelete: Nothing


class LogEntryShape(TypedDict):
    """A line of a plan's log."""

    Instant: Moment
    Message: Annotated[str, Field("What happened.", "Deploying Claims 1.5")]
    Type: Annotated[str, Field("How serious it is.", "Info", choices=tuple(PlanLogEntry.Type.values))]


class PlanStatusShape(TypedDict):
    """How far a plan is."""

    DeploymentStatus: Annotated[str, Field("Where it stands.", "running", choices=STATUSES)]
    Info: Annotated[
        str, Field("Not empty where `continue` is waited for.", "", choices=("deployment_prepared", ""))
    ]
    DeploymentLog: list[LogEntryShape]


class SentOperationShape(TypedDict):
    """A version that a plan shall take to the target."""

    ApplicationVersionKey: Key
    DeploymentZoneKey: NotRequired[
        Annotated[KeyOrNone | None, Field("The target's one zone; or empty, which means it.")]
    ]


class NewPlanShape(TypedDict):
    """A plan to be made."""

    Notes: Notes
    SourceEnvironmentKey: Key
    TargetEnvironmentKey: Key
    ApplicationOperations: list[SentOperationShape]


class SentPlanShape(TypedDict):
    """What a plan shall be. It keeps its environments."""

    Notes: NotRequired[Notes]
    SourceEnvironmentKey: NotRequired[
        Annotated[KeyOrNone | None, Field("If it is sent, that of the plan.", "")]
    ]
    TargetEnvironmentKey: NotRequired[
        Annotated[KeyOrNone | None, Field("If it is sent, that of the plan.", "")]
    ]
    ApplicationOperations: list[SentOperationShape]


def plan_json(plan: Plan, request: Request) -> PlanShape:
    """Return the documented shape of a plan."""
    return {
        "Key": str(plan.key),
        "SourceEnvironmentKey": str(plan.source_id),
        "TargetEnvironmentKey": str(plan.target_id),
        "DetailsURL": request.build_absolute_uri(reverse("deployments:detail", args=[plan.key])),
        "Notes": plan.notes,
        **steps_json(plan),
        "ApplicationOperations": [operation_json(planned) for planned in plan.applications.all()],
    }


def changed_plan_json(plan: Plan, request: Request, operations: list[SentOperationShape]) -> ChangedPlanShape:
    """Return what is answered to a change: the plan without the address of its page, its operations as sent."""
    shape: Any = {**plan_json(plan, request), "ApplicationOperations": operations}
    del shape["DetailsURL"]
    changed: ChangedPlanShape = shape
    return changed


def steps_json(plan: Plan) -> StepsShape:
    """Return when and by whom something was done with a plan; the null date and nobody where it was not."""
    steps: Any = {}
    for step in PEOPLE:
        by, name = getattr(plan, f"{step}_by"), step.capitalize()
        steps[f"{name}On"] = moment(getattr(plan, f"{step}_at"))
        steps[f"{name}By"] = by.name if by else ""
        steps[f"{name}ByUsername"] = by.username if by else ""
    made: StepsShape = steps
    return made


def operation_json(planned: PlannedApplication) -> PlanOperationShape:
    """Return the documented shape of what a plan does with one application."""
    return {
        "ApplicationKey": str(planned.application_id),
        "ApplicationVersionKey": str(planned.version_id or ""),
        "DeploymentOperation": planned.option,
        "DeploymentZoneKey": zone_key(planned.plan.target_id),
    }


def conflict_json(conflict: Conflict, operations: dict[UUID, PlanOperationShape]) -> ConflictShape:
    """Return the documented shape: the application it is about consumes; we know of no modules."""
    about = operations.get(conflict.application.pk) if conflict.application else None
    nothing: ModuleConflictShape = {
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


def deployed_json(plan: Plan, request: Request) -> list[DeployedShape]:
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
