"""The descriptions of the two APIs for people, drawn by Swagger UI; and that of the LifeTime API for programs."""

from typing import Any

from csp.decorators import csp_update
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from audit.activity.api import LifeTimeView
from auditconsole.lifetime_urls import SERVER
from auditconsole.reference.lifetime import lifetime_description
from users.record_access import BrowserSession

# Swagger UI draws its arrows and locks from pictures within its own stylesheet.
PICTURES = {"img-src": ["data:"]}


class LifeTimeDescription(LifeTimeView):
    """GET /lifetimeapi/rest/v2/openapi.json, which LifeTime does not have; for the browser that draws it, too."""

    permission = None

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Take the browser's session as well as a token."""
        return [BrowserSession(), *super().get_authenticators()]

    def get(self, request: Request) -> Response:  # noqa: ARG002  (the same for all)
        """Answer the description."""
        return Response(lifetime_description())


@method_decorator(csp_update(PICTURES), name="dispatch")
class Reference(TemplateView):
    """The description of the record's API."""

    template_name = "reference.html"
    extra_context: dict[str, Any] = {
        "title": "The record's API",
        "description": "/api/v1/openapi.json",
        "caller": "You call as who is signed in here, unless you give a token.",
        "other_title": "LifeTime API",
        "other_page": reverse_lazy("lifetime_reference"),
    }


class LifeTimeReference(Reference):
    """The description of the LifeTime API."""

    extra_context = {
        "title": "LifeTime API",
        "description": f"{SERVER}/openapi.json",
        "caller": "What you try out here is carried out. Calls need a token: give one under Authorize.",
        "other_title": "The record's API",
        "other_page": reverse_lazy("reference"),
    }
