"""Launching, continuing and aborting a plan."""

from collections.abc import Callable
from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from audit.activity.api import LifeTimeView, accepted, caller
from audit.activity.documents import flag
from audit.activity.gates import fetch
from deployments import services
from deployments.api.shapes import plans


class PlanCommand(LifeTimeView):
    """POST /deployments/{DeploymentKey}/{start|continue|abort}/."""

    permission = None
    flags: ClassVar[tuple[str, ...]] = ("RedeployOutdated", "IncludeErrorDetails", "ContinueWithErrors")
    service: ClassVar[Callable[..., None]]

    def post(self, request: Request, plan: str) -> HttpResponse:
        """Perform the command. The switches of the original are read; here there is nothing that they would change."""
        found = fetch(plans(request), plan)
        self.refuse_body()
        for name in self.flags:
            flag(request, name)
        type(self).service(found, by=caller(request))
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
