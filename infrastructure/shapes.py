"""Environments as the LifeTime API writes and takes them."""

from typing import Annotated, Any, NotRequired, TypedDict

from django.urls import reverse
from rest_framework.request import Request

from audit.activity.shapes import Blank, Field, Key, longest
from infrastructure.models import Environment

ZONE_NAME = "Default"
PURPOSES = tuple(Environment.Purpose.values)

EnvironmentName = Annotated[str, Field("Its name.", "Development", longest(Environment, "name"))]
Address = Annotated[str, Field("Its host name.", "dev.example.com", longest(Environment, "address"))]


class EnvironmentShape(TypedDict):
    """An environment."""

    Key: Key
    Name: EnvironmentName
    OSVersion: Blank
    Order: Annotated[int, Field("Its place among the environments, from 0.", 0, {"minimum": 0})]
    DetailsURL: Annotated[
        str, Field("Its page in the console.", "https://console.example.com/infrastructure/")
    ]
    HostName: Address
    UseHTTPS: Annotated[bool, Field("Always true.", True, {"const": True})]
    EnvironmentType: Annotated[str, Field("What it is for.", "Development", choices=PURPOSES)]
    NumberOfFrontEnds: Annotated[int, Field("Always 1.", 1, {"const": 1})]
    ApplicationServerType: Blank
    ApplicationServer: Blank
    DatabaseProvider: Blank
    IsCloudEnvironment: Annotated[bool, Field("Always false.", False, {"const": False})]
    IsOffline: Annotated[bool, Field("It is in maintenance mode.", False)]


class TechnologyShape(TypedDict):
    """How a zone runs applications, of which this console knows nothing."""

    Key: Blank
    Name: Blank


class DeploymentZoneShape(TypedDict):
    """The one zone of an environment."""

    Key: Annotated[Key, Field("The key of its environment.")]
    Name: Annotated[str, Field("Always the same.", ZONE_NAME)]
    IsDefault: Annotated[bool, Field("Always true.", True, {"const": True})]
    DeploymentTechnology: TechnologyShape


class MaintenanceShape(TypedDict):
    """Whether an environment shall be closed."""

    IsMaintenanceModeEnabled: Annotated[bool, Field("True closes it, false opens it again.", True)]
    Reason: NotRequired[
        Annotated[
            str | None,
            Field("Why; needed to close it.", "New disks", longest(Environment, "maintenance_reason")),
        ]
    ]


def environment_json(environment: Environment, request: Request) -> EnvironmentShape:
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


def zone_json(environment: Environment) -> DeploymentZoneShape:
    """Return the documented shape of its zone."""
    return {
        "Key": zone_key(environment.key),
        "Name": ZONE_NAME,
        "IsDefault": True,
        "DeploymentTechnology": {"Key": "", "Name": ""},
    }


def zone_key(environment_key: Any) -> str:
    """Return the key of an environment's one deployment zone: the environment's own."""
    return str(environment_key)
