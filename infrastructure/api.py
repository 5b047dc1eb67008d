"""Environments in the LifeTime API."""

from http import HTTPStatus

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from audit.activity.api import LifeTimeView, caller, done, listing
from audit.activity.gates import fetch
from audit.activity.operations import operation
from infrastructure import services
from infrastructure.activities import environment_accessed, environment_registered
from infrastructure.models import Environment
from infrastructure.shapes import (
    DeploymentZoneShape,
    EnvironmentShape,
    MaintenanceShape,
    environment_json,
    zone_json,
)


class Environments(LifeTimeView):
    """GET /environments/. Registering one says what each role may do there, so it stands with the roles."""

    permission = None

    @operation({200: list[EnvironmentShape], 204: None})
    def get(self, request: Request) -> Response:
        """Answer the environments that the caller may enter, in order."""
        visible = Environment.objects.visible_to(request.user).in_order()
        return listing([environment_json(environment, request) for environment in visible])

    def ask_to_register(self, request: Request) -> None:
        """Raise Refused, on record, unless the caller may register environments."""
        environment_registered.ask(None, by=caller(request))


class EnvironmentView(LifeTimeView):
    """An operation on one environment that the caller may enter."""

    permission = None

    def environment(self, request: Request, key: str) -> Environment:
        """Return it. Raises Http404."""
        environment: Environment = fetch(Environment.objects.visible_to(request.user), key)
        return environment


class EnvironmentDetail(EnvironmentView):
    """GET and DELETE /environments/{EnvironmentKey}/."""

    @operation({200: EnvironmentShape})
    def get(self, request: Request, environment: str) -> Response:
        """Answer one environment."""
        found = self.environment(request, environment)
        environment_accessed.record(found, by=caller(request))
        return Response(environment_json(found, request))

    @operation({204: None})
    def delete(self, request: Request, environment: str) -> HttpResponse:
        """Unregister an environment, if nothing runs there and no plan leads there."""
        services.unregister_environment(self.environment(request, environment), by=caller(request))
        return done()


class DeploymentZones(EnvironmentView):
    """GET /environments/{EnvironmentKey}/deploymentzones/."""

    @operation({200: list[DeploymentZoneShape]})
    def get(self, request: Request, environment: str) -> Response:
        """Answer the one zone that every environment has."""
        return Response([zone_json(self.environment(request, environment))])


class MaintenanceMode(EnvironmentView):
    """PUT /environments/{EnvironmentKey}/maintenancemode."""

    @operation({200: None}, body=MaintenanceShape)
    def put(self, request: Request, environment: str) -> HttpResponse:
        """Close the environment with a reason, or open it again."""
        found, by = self.environment(request, environment), caller(request)
        sent = self.sent(MaintenanceShape)
        if sent["IsMaintenanceModeEnabled"]:
            services.enable_maintenance(found, by=by, reason=sent.get("Reason") or "")
        else:
            services.disable_maintenance(found, by=by)
        return done(HTTPStatus.OK)
