"""What a client wants of a plan, read from its body: environments and versions that it may see, or 404."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from rest_framework.request import Request

from applications.models import Application, Version
from audit.activity.documents import items, members, text, thing
from audit.activity.gates import NOTHING_HERE
from deployments.models import PlannedApplication
from deployments.services import Operation
from infrastructure.api import zone_key
from infrastructure.models import Environment
from roles.models import Level

FIELDS = ("Notes", "SourceEnvironmentKey", "TargetEnvironmentKey", "ApplicationOperations")


def environment(request: Request, sent: dict[str, Any], name: str) -> Environment:
    """Return the environment that the body names. Raises Http404, the same for hidden, absent and malformed."""
    found: Environment = thing(sent, name, Environment.objects.visible_to(request.user))
    return found


def operations(
    request: Request, sent: dict[str, Any], source: Environment, target: Environment
) -> list[Operation]:
    """Return the operations that the body names, whose versions the caller may list there. Raises Http404."""
    wanted = items(sent, "ApplicationOperations")
    listed = Application.objects.at_least(request.user, Level.LIST, [source.pk, target.pk])
    keys = [version_key(one, f"ApplicationOperations[{place}]", target) for place, one in enumerate(wanted)]
    visible = Version.objects.filter(application__in=listed.values("pk")).select_related("application")
    found = visible.in_bulk([key for key in keys if key])
    for place, key in enumerate(keys):
        if key not in found:
            raise Http404(f"ApplicationOperations[{place}]: {NOTHING_HERE}")
    deploy = PlannedApplication.Operation.DEPLOY
    return [Operation(found[key].application, deploy, version=found[key]) for key in keys if key]


def version_key(sent: Any, place: str, target: Environment) -> UUID | None:
    """Return the version's key in one operation; None for one that no version can have. Raises ValidationError."""
    operation = members(sent, place, "ApplicationVersionKey", "DeploymentZoneKey")
    zone = text(operation, "DeploymentZoneKey", required=False)
    if zone not in {"", zone_key(target.pk)}:
        raise ValidationError({"DeploymentZoneKey": f"{place} names a zone that the target does not have."})
    try:
        return UUID(text(operation, "ApplicationVersionKey"))
    except ValueError:
        return None
