"""Launching, continuing and aborting a plan."""

from collections.abc import Callable

from django.http import HttpResponse
from rest_framework.request import Request

from audit.activity.api import LifeTimeView, accepted, caller
from audit.activity.gates import fetch
from audit.activity.operations import operation
from audit.activity.parameters import Flag
from deployments import services
from deployments.api.shapes import plans

# the switches of the original are read; here there is nothing that they would change
FLAGS = (
    Flag("RedeployOutdated", "Taken, and without effect here."),
    Flag("IncludeErrorDetails", "Taken, and without effect here: errors are always told."),
    Flag("ContinueWithErrors", "Taken, and without effect here."),
)
command = operation({202: None}, query=FLAGS)


class PlanCommand(LifeTimeView):
    """POST /deployments/{DeploymentKey}/{start|continue|abort}/."""

    permission = None

    def perform(self, request: Request, plan: str, service: Callable[..., None]) -> HttpResponse:
        """Perform the command."""
        found = fetch(plans(request), plan)
        self.refuse_body()
        for flag in FLAGS:
            flag.of(request)
        service(found, by=caller(request))
        return accepted()


class Start(PlanCommand):
    """POST …/start/."""

    @command
    def post(self, request: Request, plan: str) -> HttpResponse:
        """Launch a plan; the worker carries it out."""
        return self.perform(request, plan, services.start_plan)


class Continue(PlanCommand):
    """POST …/continue/."""

    @command
    def post(self, request: Request, plan: str) -> HttpResponse:
        """Begin the second stage of a prepared plan."""
        return self.perform(request, plan, services.continue_plan)


class Abort(PlanCommand):
    """POST …/abort/."""

    @command
    def post(self, request: Request, plan: str) -> HttpResponse:
        """Ask for the end of a plan that is under way."""
        return self.perform(request, plan, services.abort_plan)
