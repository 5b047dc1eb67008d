"""Plans are listed, made, read, changed and discarded."""

from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from audit.activity.api import LifeTimeView, caller, done, listing
from audit.activity.documents import moment
from audit.activity.gates import fetch
from audit.activity.operations import operation
from audit.activity.parameters import Day, KeyOf
from audit.activity.shapes import Key
from deployments import services
from deployments.activities import accessed
from deployments.api import requests
from deployments.api.shapes import (
    ChangedPlanShape,
    NewPlanShape,
    PlanDetailShape,
    PlanShape,
    PlanStatusShape,
    SentPlanShape,
    changed_plan_json,
    conflict_json,
    deployed_json,
    operation_json,
    plan_json,
    plans,
)
from deployments.disclosure import disclosed
from deployments.models import Plan
from infrastructure.models import Environment

DAYS_SHOWN = 7  # unless MinDate says otherwise
MIN_DATE = Day("MinDate", "The first day (UTC) on which they were made; a week ago, if it is left out.")
MAX_DATE = Day("MaxDate", "The last day; today, if it is left out.")
TARGET = KeyOf("TargetEnvironmentKey", "Only those to this environment.")


class Plans(LifeTimeView):
    """GET and POST /deployments/."""

    permission = None

    @operation({200: list[PlanShape], 204: None}, query=(MIN_DATE, MAX_DATE, TARGET), fails=(404,))
    def get(self, request: Request) -> Response:
        """Answer the plans made from MinDate (a week ago) to MaxDate (today), newest first."""
        today = timezone.now().astimezone(UTC).date()
        first = MIN_DATE.of(request) or today - timedelta(days=DAYS_SHOWN)
        last = MAX_DATE.of(request) or today
        found = plans(request).filter(created_at__range=(begin(first), end(last)))
        if target := TARGET.of(request):
            found = found.filter(target=fetch(Environment.objects.visible_to(request.user), target))
        return listing([plan_json(plan, request) for plan in found.newest_first()])

    @operation({201: Key}, body=NewPlanShape, fails=(404,))
    def post(self, request: Request) -> Response:
        """Make and save a plan; answer its key."""
        sent = self.sent(NewPlanShape)
        source = requests.environment(request, sent, "SourceEnvironmentKey")
        target = requests.environment(request, sent, "TargetEnvironmentKey")
        plan = services.create_saved_plan(
            by=caller(request),
            source=source,
            target=target,
            operations=requests.operations(request, sent["ApplicationOperations"], source, target),
            notes=sent["Notes"],
        )
        return Response(str(plan.key), status=HTTPStatus.CREATED)


class PlanDetail(LifeTimeView):
    """GET, PUT and DELETE /deployments/{DeploymentKey}/."""

    permission = None

    @operation({200: PlanDetailShape})
    def get(self, request: Request, plan: str) -> Response:
        """Answer a plan and what keeps it from being carried out now. Nothing of the plan changes by that."""
        found = fetch(plans(request), plan)
        accessed.record(found, by=caller(request))
        operations = {planned.application_id: operation_json(planned) for planned in found.applications.all()}
        conflicts = disclosed(services.validate(found), to=caller(request))
        return Response(
            PlanDetailShape(
                Deployment=plan_json(found, request),
                ApplicationsToDeploy=deployed_json(found, request),
                ApplicationsToRedeploy=[],
                ApplicationConflicts=[conflict_json(conflict, operations) for conflict in conflicts],
                ModulesToDelete=[],
            )
        )

    @operation({200: ChangedPlanShape}, body=SentPlanShape)
    def put(self, request: Request, plan: str) -> Response:
        """Change a plan that was never launched; answer it, with the operations as they were sent.

        Clients leave its environments out or repeat them: a plan keeps them.
        """
        found = fetch(plans(request), plan)
        sent = self.sent(SentPlanShape)
        for name, key, own in (
            ("SourceEnvironmentKey", sent.get("SourceEnvironmentKey"), found.source_id),
            ("TargetEnvironmentKey", sent.get("TargetEnvironmentKey"), found.target_id),
        ):
            if (key or "") not in {"", str(own)}:
                raise ValidationError({name: "A plan keeps its environments; make another plan for others."})
        services.save_plan(
            found,
            by=caller(request),
            operations=requests.operations(
                request, sent["ApplicationOperations"], found.source, found.target
            ),
            notes=sent.get("Notes", found.notes),
        )
        return Response(
            changed_plan_json(fetch(plans(request), plan), request, sent["ApplicationOperations"])
        )

    @operation({204: None})
    def delete(self, request: Request, plan: str) -> HttpResponse:
        """Discard a plan that was never launched."""
        services.discard_plan(fetch(plans(request), plan), by=caller(request))
        return done()


class PlanStatus(LifeTimeView):
    """GET /deployments/{DeploymentKey}/status/."""

    permission = None

    @operation({200: PlanStatusShape})
    def get(self, request: Request, plan: str) -> Response:
        """Answer how far the plan is, and its log."""
        found = fetch(plans(request), plan)
        log = found.log.order_by("at", "pk")
        return Response(
            PlanStatusShape(
                DeploymentStatus=found.status,
                Info="deployment_prepared" if found.status == Plan.Status.WAITING else "",
                DeploymentLog=[
                    {"Instant": moment(entry.at), "Message": entry.message, "Type": entry.type}
                    for entry in log
                ],
            )
        )


def begin(first: date) -> datetime:
    """Return the first instant of a day."""
    return datetime.combine(first, time.min, UTC)


def end(last: date) -> datetime:
    """Return the last instant of a day."""
    return datetime.combine(last, time.max, UTC)
