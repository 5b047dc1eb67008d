"""Plans are listed, made, read, changed and discarded."""

from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from audit.activity.api import LifeTimeView, caller, done, listing
from audit.activity.documents import day, moment, parameter, text
from audit.activity.gates import fetch
from deployments import services
from deployments.activities import accessed
from deployments.api import requests
from deployments.api.shapes import conflict_json, deployed_json, operation_json, plan_json, plans
from deployments.disclosure import disclosed
from deployments.models import Plan
from infrastructure.models import Environment

DAYS_SHOWN = 7  # unless MinDate says otherwise


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
        sent = self.sent(*requests.FIELDS)
        source = requests.environment(request, sent, "SourceEnvironmentKey")
        target = requests.environment(request, sent, "TargetEnvironmentKey")
        plan = services.create_saved_plan(
            by=caller(request),
            source=source,
            target=target,
            operations=requests.operations(request, sent, source, target),
            notes=text(sent, "Notes"),
        )
        return Response(str(plan.key), status=HTTPStatus.CREATED)


class PlanDetail(LifeTimeView):
    """GET, PUT and DELETE /deployments/{DeploymentKey}/."""

    permission = None

    def get(self, request: Request, plan: str) -> Response:
        """Answer a plan and what keeps it from being carried out now. Nothing of the plan changes by that."""
        found = fetch(plans(request), plan)
        accessed.record(found, by=caller(request))
        operations = {planned.application_id: operation_json(planned) for planned in found.applications.all()}
        conflicts = disclosed(services.validate(found), to=caller(request))
        return Response(
            {
                "Deployment": plan_json(found, request),
                "ApplicationsToDeploy": deployed_json(found, request),
                "ApplicationsToRedeploy": [],
                "ApplicationConflicts": [conflict_json(conflict, operations) for conflict in conflicts],
                "ModulesToDelete": [],
            }
        )

    def put(self, request: Request, plan: str) -> Response:
        """Change a plan that was never launched; answer it, with the operations as they were sent.

        Clients leave its environments out or repeat them: a plan keeps them.
        """
        found = fetch(plans(request), plan)
        sent = self.sent(*requests.FIELDS)
        for name, key in (
            ("SourceEnvironmentKey", found.source_id),
            ("TargetEnvironmentKey", found.target_id),
        ):
            if text(sent, name, required=False) not in {"", str(key)}:
                raise ValidationError({name: "A plan keeps its environments; make another plan for others."})
        services.save_plan(
            found,
            by=caller(request),
            operations=requests.operations(request, sent, found.source, found.target),
            notes=text(sent, "Notes") if "Notes" in sent else found.notes,
        )
        shape = plan_json(fetch(plans(request), plan), request)
        del shape["DetailsURL"]
        return Response({**shape, "ApplicationOperations": sent["ApplicationOperations"]})

    def delete(self, request: Request, plan: str) -> HttpResponse:
        """Discard a plan that was never launched."""
        services.discard_plan(fetch(plans(request), plan), by=caller(request))
        return done()


class PlanStatus(LifeTimeView):
    """GET /deployments/{DeploymentKey}/status/."""

    permission = None

    def get(self, request: Request, plan: str) -> Response:
        """Answer how far the plan is, and its log."""
        found = fetch(plans(request), plan)
        log = found.log.order_by("at", "pk")
        return Response(
            {
                "DeploymentStatus": found.status,
                "Info": "deployment_prepared" if found.status == Plan.Status.WAITING else "",
                "DeploymentLog": [
                    {"Instant": moment(entry.at), "Message": entry.message, "Type": entry.type}
                    for entry in log
                ],
            }
        )


def begin(first: date) -> datetime:
    """Return the first instant of a day."""
    return datetime.combine(first, time.min, UTC)


def end(last: date) -> datetime:
    """Return the last instant of a day."""
    return datetime.combine(last, time.max, UTC)
