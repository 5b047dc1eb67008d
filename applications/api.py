"""Applications, their versions and what runs where, in the LifeTime API."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from applications.activities import accessed
from applications.models import Application, EnvironmentStatus, Version
from audit.activity.api import LifeTimeView, caller, listing
from audit.activity.documents import flag, moment, number, parameter
from audit.activity.gates import fetch
from infrastructure.api import EnvironmentView, zone_key
from infrastructure.models import Environment
from roles.models import Level

VERSIONS_RETURNED = 5  # unless MaximumVersionsToReturn says otherwise


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

    def get(self, request: Request, key: str) -> Response:
        """Answer one application."""
        application = fetch(with_status(Application.objects.visible_to(request.user), request), key)
        accessed.record(application, by=caller(request))
        return Response(application_json(application, request))


class EnvironmentApplications(EnvironmentView):
    """GET /environments/{EnvironmentKey}/applications/."""

    def get(self, request: Request, key: str) -> Response:
        """Answer the applications in the environment that the caller may list there."""
        there = in_environment(request, self.environment(request, key))
        return listing([application_json(application, request) for application in there.in_order()])


class EnvironmentApplicationDetail(EnvironmentView):
    """GET /environments/{EnvironmentKey}/applications/{ApplicationKey}/."""

    def get(self, request: Request, key: str, application: str) -> Response:
        """Answer one application of the environment."""
        found = fetch(in_environment(request, self.environment(request, key)), application)
        accessed.record(found, by=caller(request))
        return Response(application_json(found, request))


def in_environment(request: Request, environment: Environment) -> Any:
    """Return the applications in the environment that the caller may list there, with their status if it is asked."""
    listed = Application.objects.at_least(request.user, Level.LIST, [environment.pk])
    return with_status(listed.filter(statuses__environment=environment), request, environment)


class Versions(LifeTimeView):
    """GET /applications/{ApplicationKey}/versions/."""

    permission = None

    def get(self, request: Request, key: str) -> Response:
        """Answer the newest versions first: 5, or as many as MaximumVersionsToReturn says."""
        most = number(request, "MaximumVersionsToReturn", VERSIONS_RETURNED)
        found = versions(request, key).filter(change_log__icontains=change_log_filter(request))
        seen = entered(request)
        return Response([version_json(version, seen) for version in found[:most]])


class VersionDetail(LifeTimeView):
    """GET /applications/{ApplicationKey}/versions/{VersionKey}/."""

    permission = None

    def get(self, request: Request, key: str, version: str) -> Response:
        """Answer one version."""
        return Response(version_json(fetch(versions(request, key), version), entered(request)))


def versions(request: Request, key: str) -> Any:
    """Return the versions, newest first, of an application that the caller may list. Raises Http404."""
    application = fetch(Application.objects.visible_to(request.user), key)
    in_use = EnvironmentStatus.objects.filter(version=OuterRef("pk"))
    of_it = Version.objects.filter(application=application).annotate(in_use=Exists(in_use))
    return of_it.order_by("-created_at", "-key")


def change_log_filter(request: Request) -> str:
    """Return the text that a version's change log must hold."""
    return (parameter(request, "ChangeLogFilter") or "").replace("\0", "")


def entered(request: Request) -> set[UUID]:
    """Return the keys of the environments that the caller may enter."""
    return set(Environment.objects.visible_to(request.user).values_list("pk", flat=True))
