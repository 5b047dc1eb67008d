"""Databases of extensions, which a plan would have to be told. This console keeps none, so no plan waits for any."""

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from audit.activity.api import LifeTimeView, done
from audit.activity.gates import fetch
from deployments.api.shapes import plans


class MissingDatabaseMappings(LifeTimeView):
    """GET /deployments/{DeploymentKey}/getmissingdbmappings/."""

    permission = None

    def get(self, request: Request, plan: str) -> Response:
        """Answer that the plan lacks none."""
        fetch(plans(request), plan)
        return Response([])


class DatabaseMappings(LifeTimeView):
    """POST /deployments/{DeploymentKey}/configuration/."""

    permission = None

    def post(self, request: Request, plan: str) -> HttpResponse:
        """Take the empty list, which is all that a plan lacks. Raises ValidationError for any mapping."""
        fetch(plans(request), plan)
        if self.sent_list():
            raise ValidationError("This console keeps no database connections, so no plan can be given one.")
        return done(HTTPStatus.OK)
