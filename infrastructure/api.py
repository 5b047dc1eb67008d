"""Environments in the LifeTime API."""

from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from audit.activity.api import LifeTimeView, caller, listing
from audit.activity.gates import fetch
from infrastructure.activities import environment_accessed
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
    """GET /environments/."""

    permission = None

    def get(self, request: Request) -> Response:
        """Answer the environments that the caller may enter, in order."""
        visible = Environment.objects.visible_to(request.user).in_order()
        return listing([environment_json(environment, request) for environment in visible])


class EnvironmentView(LifeTimeView):
    """An operation on one environment that the caller may enter."""

    permission = None

    def environment(self, request: Request, key: str) -> Environment:
        """Return it. Raises Http404."""
        environment: Environment = fetch(Environment.objects.visible_to(request.user), key)
        return environment


class EnvironmentDetail(EnvironmentView):
    """GET /environments/{EnvironmentKey}/."""

    def get(self, request: Request, key: str) -> Response:
        """Answer one environment."""
        environment = self.environment(request, key)
        environment_accessed.record(environment, by=caller(request))
        return Response(environment_json(environment, request))


class DeploymentZones(EnvironmentView):
    """GET /environments/{EnvironmentKey}/deploymentzones/."""

    def get(self, request: Request, key: str) -> Response:
        """Answer the one zone that every environment has."""
        environment = self.environment(request, key)
        zone = {"Key": zone_key(environment.key), "Name": ZONE_NAME, "IsDefault": True}
        return Response([{**zone, "DeploymentTechnology": {"Key": "", "Name": ""}}])
