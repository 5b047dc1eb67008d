"""Environments in the LifeTime API."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from audit.activity.api import LifeTimeView, caller, done, listing
from audit.activity.documents import switch, text
from audit.activity.gates import fetch
from infrastructure import services
from infrastructure.activities import environment_accessed, environment_registered
from infrastructure.models import Environment

ZONE_NAME = "Default"


def environment_json(environment: Environment, request: Request) -> dict[str, Any]:
    """Return the documented shape of an environment."""
    return {
        "Key": str(environment.key),
        "Name": environment.name,
        "OSVersion": "",
        "Order": environment.position,
        "DetailsURL": request.build_absolute_uri(reverse("infrastructure:detail", args=[environment.key])),
        "HostName": environment.address,
        "UseHTTPS": True,
        "EnvironmentType": environment.purpose,
        "NumberOfFrontEnds": 1,
        "ApplicationServerType": "",
        "ApplicationServer": "",
        "DatabaseProvider": "",
        "IsCloudEnvironment": False,
        "IsOffline": environment.in_maintenance,
    }


def zone_key(environment_key: Any) -> str:
    """Return the key of an environment's one deployment zone: the environment's own."""
    return str(environment_key)


class Environments(LifeTimeView):
    """GET /environments/. Registering one says what each role may do there, so it stands with the roles."""

    permission = None

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

    def get(self, request: Request, environment: str) -> Response:
        """Answer one environment."""
        found = self.environment(request, environment)
        environment_accessed.record(found, by=caller(request))
        return Response(environment_json(found, request))

    def delete(self, request: Request, environment: str) -> HttpResponse:
        """Unregister it, if nothing runs there and no plan leads there."""
        services.unregister_environment(self.environment(request, environment), by=caller(request))
        return done()


class DeploymentZones(EnvironmentView):
    """GET /environments/{EnvironmentKey}/deploymentzones/."""

    def get(self, request: Request, environment: str) -> Response:
        """Answer the one zone that every environment has."""
        found = self.environment(request, environment)
        zone = {"Key": zone_key(found.key), "Name": ZONE_NAME, "IsDefault": True}
        return Response([{**zone, "DeploymentTechnology": {"Key": "", "Name": ""}}])


class MaintenanceMode(EnvironmentView):
    """PUT /environments/{EnvironmentKey}/maintenancemode."""

    def put(self, request: Request, environment: str) -> HttpResponse:
        """Close the environment with a reason, or open it again."""
        found, by = self.environment(request, environment), caller(request)
        sent = self.sent("IsMaintenanceModeEnabled", "Reason")
        enable, reason = switch(sent, "IsMaintenanceModeEnabled"), text(sent, "Reason", required=False)
        if enable:
            services.enable_maintenance(found, by=by, reason=reason)
        else:
            services.disable_maintenance(found, by=by)
        return done(HTTPStatus.OK)
