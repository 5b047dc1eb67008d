"""Applications as a whole and in one environment."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from rest_framework.request import Request
from rest_framework.response import Response

from applications.activities import accessed
from applications.api.shapes import (
    ApplicationShape,
    CreatedApplicationShape,
    NewApplicationShape,
    application_json,
)
from applications.models import Application, EnvironmentStatus
from applications.services import create_application
from audit.activity.api import LifeTimeView, caller, listing
from audit.activity.documents import thing
from audit.activity.gates import fetch
from audit.activity.operations import operation
from audit.activity.parameters import Flag
from infrastructure.api import EnvironmentView
from infrastructure.models import Environment
from roles.models import Level
from teams.models import Team

INCLUDE_STATUS = Flag("IncludeEnvStatus", "Say what runs where.")
INCLUDE_MODULES = Flag("IncludeModules", "Modules, which stand in the status: their lists stay empty.")
STATUS = (INCLUDE_STATUS, INCLUDE_MODULES)


class Applications(LifeTimeView):
    """GET /applications/."""

    permission = None

    @operation({200: list[ApplicationShape], 204: None}, query=STATUS)
    def get(self, request: Request) -> Response:
        """Answer the applications that the caller may list in at least one environment."""
        visible = with_status(Application.objects.visible_to(request.user), request)
        return listing([application_json(application, request) for application in visible.in_order()])


class ApplicationDetail(LifeTimeView):
    """GET /applications/{ApplicationKey}/."""

    permission = None

    @operation({200: ApplicationShape}, query=STATUS)
    def get(self, request: Request, application: str) -> Response:
        """Answer one application."""
        found = fetch(with_status(Application.objects.visible_to(request.user), request), application)
        accessed.record(found, by=caller(request))
        return Response(application_json(found, request))


class EnvironmentApplications(EnvironmentView):
    """GET and POST /environments/{EnvironmentKey}/applications/."""

    @operation({200: list[ApplicationShape], 204: None}, query=STATUS)
    def get(self, request: Request, environment: str) -> Response:
        """Answer the applications in the environment that the caller may list there."""
        place = self.environment(request, environment)
        there = with_status(in_environment(request, place), request, place)
        return listing([application_json(application, request) for application in there.in_order()])

    @operation({201: CreatedApplicationShape}, body=NewApplicationShape)
    def post(self, request: Request, environment: str) -> Response:
        """Create an application there; answer its key. There are no templates: TemplateKey names the kind."""
        place = self.environment(request, environment)
        sent = self.sent(NewApplicationShape)
        created = create_application(
            by=caller(request),
            name=sent["Name"],
            environment=place,
            team=team(sent),
            description=sent.get("Description") or "",
            technology=sent["TemplateKey"],
        )
        return Response(CreatedApplicationShape(ApplicationKey=str(created.key)), status=HTTPStatus.CREATED)


class EnvironmentApplicationDetail(EnvironmentView):
    """GET /environments/{EnvironmentKey}/applications/{ApplicationKey}/."""

    @operation({200: ApplicationShape}, query=STATUS)
    def get(self, request: Request, environment: str, application: str) -> Response:
        """Answer one application of the environment."""
        place = self.environment(request, environment)
        found = fetch(with_status(in_environment(request, place), request, place), application)
        accessed.record(found, by=caller(request))
        return Response(application_json(found, request))


def in_environment(request: Request, environment: Environment) -> Any:
    """Return the applications in the environment that the caller may list there."""
    listed = Application.objects.at_least(request.user, Level.LIST, [environment.pk])
    return listed.filter(statuses__environment=environment)


def team(sent: NewApplicationShape) -> Team | None:
    """Return the team that the body names, which one need not manage to create for it; None for an empty key."""
    return thing(sent, "TeamKey", Team.objects.all()) if sent["TeamKey"] else None


def with_status(applications: Any, request: Request, *environments: Environment) -> Any:
    """Add the team, and what runs where the caller may list it, if the query asks for that.

    Raises ValidationError if it asks for modules without the status, in which they would stand.
    """
    statuses = INCLUDE_STATUS.of(request)
    if INCLUDE_MODULES.of(request) and not statuses:
        raise ValidationError(
            {"IncludeModules": "Modules stand in the status: set IncludeEnvStatus as well."}
        )
    applications = applications.select_related("team")
    if not statuses:
        return applications
    seen = EnvironmentStatus.objects.visible_to(request.user).select_related("version")
    if environments:
        seen = seen.filter(environment__in=environments)
    return applications.prefetch_related(
        Prefetch("statuses", seen.order_by("environment__position"), to_attr="shown")
    )
