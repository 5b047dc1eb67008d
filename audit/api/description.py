"""The description of the API, handed out: for programs as OpenAPI, for people as a page to browse and to try."""

from functools import cache
from typing import Any

from csp.decorators import csp_update
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request

from audit.api import described
from audit.api.base import JSON, RecordView
from audit.api.documents import encoded

# Swagger UI draws its arrows and locks from pictures within its own stylesheet.
PICTURES = {"img-src": ["data:"]}


@cache
def description() -> dict[str, Any]:
    """Return the API's description; it is the same for everybody, and costs a tenth of a second to make."""
    from audit.api import urls

    generator: Any = SchemaGenerator
    made: dict[str, Any] = generator(patterns=urls.urlpatterns).get_schema(request=None, public=True)
    return made


class Description(RecordView):
    """The description for programs."""

    @described.DESCRIPTION
    def get(self, request: Request) -> HttpResponse:  # noqa: ARG002
        """Return it as JSON."""
        return HttpResponse(encoded(description()), content_type=JSON)


@method_decorator(csp_update(PICTURES), name="dispatch")
class Reference(TemplateView):
    """The description for people: Swagger UI, from files of our own."""

    template_name = "audit/reference.html"
