"""Applications as a whole and in one environment."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from applications.activities import accessed
from applications.api.shapes import application_json, with_status
from applications.models import Application
from applications.services import create_application
from audit.activity.api import LifeTimeView, caller, listing
from audit.activity.documents import text, thing
from audit.activity.gates import fetch
from infrastructure.api import EnvironmentView
from infrastructure.models import Environment
from roles.models import Level
from teams.models import Team


class Applications(LifeTimeView):
    """GET /applications/."""

    permission = None

    def get(self, request: Request) -> Response:
        """Answer the applications that the caller may list in at least one environment."""
        visible = with_status(Application.objects.visible_to(request.user), request)
        return listing([application_json(application, request) for application in visible.in_order()])


class ApplicationDetail(LifeTimeView):
    """GET /applications/{ApplicationKey}/."""

    permission = None

    def get(self, request: Request, application: str) -> Response:
        """Answer one application."""
        found = fetch(with_status(Application.objects.visible_to(request.user), request), application)
        accessed.record(found, by=caller(request))
        return Response(application_json(found, request))


class EnvironmentApplications(EnvironmentView):
    """GET and POST /environments/{EnvironmentKey}/applications/."""

    def get(self, request: Request, environment: str) -> Response:
        """Answer the applications in the environment that the caller may list there."""
        there = in_environment(request, self.environment(request, environment))
        return listing([application_json(application, request) for application in there.in_order()])

    def post(self, request: Request, environment: str) -> Response:
        """Create an application there; answer its key. There are no templates: TemplateKey names the kind."""
        place = self.environment(request, environment)
        sent = self.sent("TemplateKey", "TeamKey", "Name", "Color", "Description")
        text(sent, "Color", required=False)
        created = create_application(
            by=caller(request),
            name=text(sent, "Name"),
            environment=place,
            team=team(sent),
            description=text(sent, "Description", required=False),
            technology=technology(sent),
        )
        return Response({"ApplicationKey": str(created.key)}, status=HTTPStatus.CREATED)


class EnvironmentApplicationDetail(EnvironmentView):
    """GET /environments/{EnvironmentKey}/applications/{ApplicationKey}/."""

    def get(self, request: Request, environment: str, application: str) -> Response:
        """Answer one application of the environment."""
        found = fetch(in_environment(request, self.environment(request, environment)), application)
        accessed.record(found, by=caller(request))
        return Response(application_json(found, request))


def in_environment(request: Request, environment: Environment) -> Any:
    """Return the applications in the environment that the caller may list there, with their status if it is asked."""
    listed = Application.objects.at_least(request.user, Level.LIST, [environment.pk])
    return with_status(listed.filter(statuses__environment=environment), request, environment)


def team(sent: dict[str, Any]) -> Team | None:
    """Return the team that the body names, which one need not manage to create for it; None for an empty key."""
    return thing(sent, "TeamKey", Team.objects.all()) if sent.get("TeamKey") != "" else None


def technology(sent: dict[str, Any]) -> str:
    """Return the kind that the body names. Raises ValidationError."""
    key = text(sent, "TemplateKey")
    if key not in Application.Technology:
        kinds = ", ".join(Application.Technology)
        raise ValidationError({"TemplateKey": f"There are no templates here; write a kind: {kinds}."})
    return key
