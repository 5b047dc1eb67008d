"""Tagged versions: listed, tagged, deleted."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from applications import services
from applications.api.landscape import in_environment
from applications.api.shapes import NewVersionShape, TaggedShape, VersionShape, version_json
from applications.models import Application, EnvironmentStatus, Version
from audit.activity.api import LifeTimeView, caller, done
from audit.activity.gates import fetch
from audit.activity.operations import operation
from audit.activity.parameters import Number, Words
from infrastructure.api import EnvironmentView
from infrastructure.models import Environment

MOST = Number("MaximumVersionsToReturn", "How many at most.", 5)
CHANGE_LOG_FILTER = Words("ChangeLogFilter", "Text that the change log must hold.")


class Versions(LifeTimeView):
    """GET /applications/{ApplicationKey}/versions/."""

    permission = None

    @operation({200: list[VersionShape]}, query=(MOST, CHANGE_LOG_FILTER))
    def get(self, request: Request, application: str) -> Response:
        """Answer the newest versions first: 5, or as many as MaximumVersionsToReturn says."""
        most = MOST.of(request)
        found = versions(request, application).filter(change_log__icontains=change_log_filter(request))
        seen = entered(request)
        return Response([version_json(version, seen) for version in found[:most]])


class VersionDetail(LifeTimeView):
    """GET and DELETE /applications/{ApplicationKey}/versions/{VersionKey}/."""

    permission = None

    @operation({200: VersionShape})
    def get(self, request: Request, application: str, version: str) -> Response:
        """Answer one version."""
        return Response(version_json(fetch(versions(request, application), version), entered(request)))

    @operation({204: None})
    def delete(self, request: Request, application: str, version: str) -> HttpResponse:
        """Delete a version that runs nowhere and stands in no plan."""
        services.delete_version(fetch(versions(request, application), version), by=caller(request))
        return done()


class RunningVersions(EnvironmentView):
    """POST /environments/{EnvironmentKey}/applications/{ApplicationKey}/versions/."""

    @operation({201: TaggedShape}, body=NewVersionShape)
    def post(self, request: Request, environment: str, application: str) -> Response:
        """Tag what runs there; answer the version's key."""
        place = self.environment(request, environment)
        found = fetch(in_environment(request, place), application)
        sent = self.sent(NewVersionShape)
        version = services.tag_version(
            found,
            by=caller(request),
            environment=place,
            number=sent["Version"],
            change_log=sent.get("ChangeLog") or "",
        )
        return Response(TaggedShape(ApplicationVersionKey=str(version.key)), status=HTTPStatus.CREATED)


def versions(request: Request, key: str) -> Any:
    """Return the versions, newest first, of an application that the caller may list. Raises Http404."""
    application = fetch(Application.objects.visible_to(request.user), key)
    in_use = EnvironmentStatus.objects.filter(version=OuterRef("pk"))
    of_it = Version.objects.filter(application=application).annotate(in_use=Exists(in_use))
    return of_it.order_by("-created_at", "-key")


def change_log_filter(request: Request) -> str:
    """Return the text that a version's change log must hold."""
    return CHANGE_LOG_FILTER.of(request).replace("\0", "")


def entered(request: Request) -> set[UUID]:
    """Return the keys of the environments that the caller may enter."""
    return set(Environment.objects.visible_to(request.user).values_list("pk", flat=True))
