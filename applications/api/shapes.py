"""How the LifeTime API writes applications, what runs where, and versions."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.urls import reverse
from rest_framework.request import Request

from applications.models import Application, EnvironmentStatus
from audit.activity.documents import flag, moment
from infrastructure.api import zone_key
from infrastructure.models import Environment


def application_json(application: Application, request: Request) -> dict[str, Any]:
    """Return the documented shape; `shown` holds what runs where, as far as it was asked for and may be seen."""
    statuses: list[EnvironmentStatus] = getattr(application, "shown", [])
    return {
        "Key": str(application.key),
        "Name": application.name,
        "Kind": application.technology,
        "Team": application.team.name if application.team else "",
        "TeamKey": str(application.team_id or ""),
        "Description": application.description,
        "URLPath": "",
        "IconHash": "",
        "IconURL": "",
        "DetailsURL": request.build_absolute_uri(reverse("applications:detail", args=[application.key])),
        "IsSystem": False,
        "AppStatusInEnvs": [status_json(status) for status in statuses],
    }


def status_json(status: EnvironmentStatus) -> dict[str, Any]:
    """Return the documented shape of what runs in one environment."""
    label = status.version.number if status.version else ""
    since = f"since version {label}" if label else "and was never tagged"
    return {
        "EnvironmentKey": str(status.environment_id),
        "BaseApplicationVersionKey": str(status.version_id or ""),
        "BaseApplicationVersionLabel": label,
        "IsModified": status.is_modified,
        "IsModifiedReason": "Module_Modified" if status.is_modified else "",
        "IsModifiedMessage": f"The application was modified {since}" if status.is_modified else "",
        "ConsistencyStatus": "",
        "ConsistencyStatusMessages": "",
        "MobileAppsStatus": [],
        "ModuleStatusInEnvs": [],
        "DeploymentZoneKey": zone_key(status.environment_id),
    }


def version_json(version: Any, environments: set[UUID]) -> dict[str, Any]:
    """Return the documented shape; the environment it was tagged in only if it is one of `environments`."""
    tagged_in = version.environment_id if version.environment_id in environments else ""
    return {
        "Key": str(version.key),
        "ApplicationKey": str(version.application_id),
        "Version": version.number,
        "ChangeLog": version.change_log,
        "CreatedOn": moment(version.created_at),
        "InUse": version.in_use,
        "MobileVersions": [],
        "PrimaryColor": "",
        "NativeHash": "",
        "ModuleVersions": [],
        "EnvironmentKey": str(tagged_in),
    }


def with_status(applications: Any, request: Request, *environments: Environment) -> Any:
    """Add the team, and what runs where the caller may list it, if the query asks for that.

    Raises ValidationError if it asks for modules without the status, in which they would stand.
    """
    statuses = flag(request, "IncludeEnvStatus")
    if flag(request, "IncludeModules") and not statuses:
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
