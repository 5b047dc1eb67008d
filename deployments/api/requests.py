"""What a client wants of a plan, read from its body: environments and versions that it may see, or 404."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from rest_framework.request import Request

from applications.models import Application, Version
from audit.activity.documents import thing
from audit.activity.gates import NOTHING_HERE
from deployments.api.shapes import NewPlanShape, SentOperationShape
from deployments.models import PlannedApplication
from deployments.services import Operation
from infrastructure.models import Environment
from infrastructure.shapes import zone_key
from roles.models import Level


def environment(request: Request, sent: NewPlanShape, name: str) -> Environment:
    """Return the environment that the body names. Raises Http404, the same for hidden, absent and malformed."""
    found: Environment = thing(sent, name, Environment.objects.visible_to(request.user))
    return found


def operations(
    request: Request, wanted: list[SentOperationShape], source: Environment, target: Environment
) -> list[Operation]:
    """Return the operations that the body names, whose versions the caller may list there. Raises Http404."""
    listed = Application.objects.at_least(request.user, Level.LIST, [source.pk, target.pk])
    keys = [version_key(one, f"ApplicationOperations[{place}]", target) for place, one in enumerate(wanted)]
    visible = Version.objects.filter(application__in=listed.values("pk")).select_related("application")
    found = visible.in_bulk([key for key in keys if key])
    for place, key in enumerate(keys):
        if key not in found:
            raise Http404(f"ApplicationOperations[{place}]: {NOTHING_HERE}")
    deploy = PlannedApplication.Operation.DEPLOY
    return [Operation(found[key].application, deploy, version=found[key]) for key in keys if key]


def version_key(sent: SentOperationShape, place: str, target: Environment) -> UUID | None:
    """Return the version's key in one operation; None for one that no version can have. Raises ValidationError."""
    zone = sent.get("DeploymentZoneKey") or ""
    if zone not in {"", zone_key(target.pk)}:
        raise ValidationError({"DeploymentZoneKey": f"{place} names a zone that the target does not have."})
    try:
        return UUID(sent["ApplicationVersionKey"])
    except ValueError:
        return None
