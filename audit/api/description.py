"""The description of the record's API, handed out as OpenAPI."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request

from audit.api import described
from audit.api.base import JSON, RecordView
from audit.api.documents import encoded
from audit.api.filters import RecordFilter


@cache
def description() -> dict[str, Any]:
    """Return the API's description; it is the same for everybody, and costs a tenth of a second to make."""
    from audit.api import urls

    generator: Any = SchemaGenerator
    made: dict[str, Any] = generator(patterns=urls.urlpatterns).get_schema(request=None, public=True)
    for one in made["paths"]["/api/v1/events"]["get"]["parameters"]:
        if one["name"] in RecordFilter.names():
            one["allowEmptyValue"] = True  # as a form sends a filter that nobody has set
    return made


class Description(RecordView):
    """The description for programs."""

    @described.DESCRIPTION
    def get(self, request: Request) -> HttpResponse:  # noqa: ARG002
        """Return it as JSON."""
        return HttpResponse(encoded(description()), content_type=JSON)
