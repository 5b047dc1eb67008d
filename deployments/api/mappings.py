"""Databases of extensions, which a plan would have to be told. This console keeps none, so no plan waits for any."""

from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from audit.activity.api import LifeTimeView, done
from audit.activity.gates import fetch
from audit.activity.operations import operation
from audit.activity.shapes import Field, Nothing
from deployments.api.shapes import plans

NoMappings: Any = Annotated[
    list[Any],
    Field(
        "Always empty: no plan lacks any.",
        [],
        {"maxItems": 0},
        refusal="This console keeps no database connections, so no plan can be given one.",
    ),
]


class MissingDatabaseMappings(LifeTimeView):
    """GET /deployments/{DeploymentKey}/getmissingdbmappings/."""

    permission = None

    @operation({200: Nothing})
    def get(self, request: Request, plan: str) -> Response:
        """Answer that the plan lacks none."""
        fetch(plans(request), plan)
        return Response([])


class DatabaseMappings(LifeTimeView):
    """POST /deployments/{DeploymentKey}/configuration/."""

    permission = None

    @operation({200: None}, body=NoMappings)
    def post(self, request: Request, plan: str) -> HttpResponse:
        """Take the empty list, which is all that a plan lacks. Raises ValidationError for any mapping."""
        fetch(plans(request), plan)
        self.sent(NoMappings)
        return done(HTTPStatus.OK)
