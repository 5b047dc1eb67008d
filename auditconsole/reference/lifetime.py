"""The description of the LifeTime API v2: every row of the table of operations, with what its view declares."""

import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiRequest, OpenApiResponse

from audit.activity.api import JSON, Problem
from audit.activity.operations import Described, described
from audit.activity.parameters import Parameter
from audit.activity.shapes import EXAMPLE_KEY
from auditconsole.lifetime_urls import OPERATIONS, SERVER, Operation, address
from auditconsole.reference.schemas import example, schema
from auditconsole.version import version

INFO = {
    "title": "LifeTime API v2",
    "description": (
        "Administer the landscape with any client of LifeTime. What this console does not keep answers 501. Paths are"
        " taken with and without the last slash, names of parameters and fields in any letter case; unknown parameters"
        " are ignored, unknown fields refused. Every call is on record."
    ),
}
WORDS = {
    400: ("What is wrong, by the name of the field.", "name: Enter the name; it cannot be empty."),
    403: ("The token is not usable, or the caller may not do this.", "Authentication failed."),
    404: (
        "Nothing here, or nothing that the caller may see.",
        "There is nothing here, or nothing that you may see.",
    ),
    409: (
        "Somebody else is changing the same thing.",
        "Somebody else is changing the same thing at this moment.",
    ),
    413: ("The body is too large.", "The body is larger than 1 MiB."),
    415: ("The body says that it is no JSON.", "Send the body as application/json, not as 'text/xml'."),
    429: ("Too many calls of this account, or too many without a usable token.", "Come back in 20 seconds."),
    501: ("The console does not keep this.", "This console does not keep solutions."),
    503: (
        "The record cannot be written.",
        "The record cannot be written at the moment, so nothing was done.",
    ),
}
ALWAYS = (403, 413, 429, 503)
MEANINGS = {
    200: "Done.",
    201: "Made.",
    202: "Taken on.",
    204: "Done; or, of a list, there is nothing in it.",
}
HEADERS = {
    "RateLimit-Limit": "Calls in a window.",
    "RateLimit-Remaining": "Calls that are left.",
    "RateLimit-Reset": "Seconds until the next window.",
    "Retry-After": "Seconds to wait.",
}
# told as soon as it was asked who calls
ALLOWANCE = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS if name != "Retry-After"}
NOT_KEPT = "not kept here (501)"
ROWS = {f"/{row.path}/": row for row in OPERATIONS}


class Endpoints(EndpointEnumerator):
    """The rows of the table instead of the patterns of addresses."""

    def get_api_endpoints(  # type: ignore[override]
        self,
        patterns: Any = None,  # noqa: ARG002  (the generator's shape)
        prefix: str = "",  # noqa: ARG002
    ) -> list[tuple[str, str, str, Any]]:
        """Return path, pattern, method and view of each operation."""
        return [
            (path, path, method, address(row).callback)
            for path, row in ROWS.items()
            for method in row.methods.split()
        ]


class OperationSchema(AutoSchema):
    """An operation, from its row and from what its view's method declares."""

    @property
    def row(self) -> Operation:
        """The row of the table."""
        return ROWS[self.path]

    @property
    def declared(self) -> Described:
        """What the view declares of the method."""
        return described(self.view, self.method)

    def get_operation(self, *given: Any) -> Any:
        """Add errors, headers, that a body has to be sent, and that an empty parameter counts as none."""
        made = super().get_operation(*given) or {}
        for one in made.get("parameters", []):
            if one["in"] == "query":
                one["allowEmptyValue"] = True
        if made and "requestBody" in made:
            made["requestBody"]["required"] = True
        for told in made.get("responses", {}).values():
            told["headers"] = ALLOWANCE
        for status in failing(self.row, self.method, self.declared):
            made["responses"][str(status)] = {"$ref": f"#/components/responses/{status}"}
        return made

    def get_operation_id(self) -> str:
        """Return the method and the path in words."""
        return "_".join([self.method.lower(), *re.findall(r"\w+", self.row.path)])

    def get_tags(self) -> list[str]:
        """Return what it is about."""
        return [NOT_KEPT if self.row.not_kept else self.row.path.partition("/")[0]]

    def get_summary(self) -> str:
        """Return the first line of the method's docstring."""
        if self.row.not_kept:
            return f"Not kept here: {self.row.not_kept}"
        return self._told[0].removesuffix(".")

    def get_description(self) -> str:  # type: ignore[override]
        """Return the other lines."""
        return "" if self.row.not_kept else self._told[1]

    @property
    def _told(self) -> tuple[str, str]:
        first, _, rest = str(getattr(self.view, self.method.lower()).__doc__).partition("\n")
        return first, " ".join(rest.split())

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters of the path and of the query."""
        names = re.findall(r"\{(\w+)\}", self.row.path)
        return [*map(path_parameter, names), *map(query_parameter, self.declared.query)]

    def get_request_serializer(self) -> Any:
        """Return the body."""
        body = self.declared.body
        if body is None:
            return None
        shown = OpenApiExample("Body", value=example(body))
        return {JSON: OpenApiRequest(schema(body, self.registry), examples=[shown])}

    def get_response_serializers(self) -> Any:
        """Return the answers that the view declares."""
        answers = self.declared.answers.items()
        return {(status, JSON): self.answer(MEANINGS[status], status, shape) for status, shape in answers}

    def answer(self, words: str, status: int, shape: Any) -> OpenApiResponse:
        """Return an answer with an example."""
        if shape is None:
            return OpenApiResponse(None, words)
        shown = OpenApiExample(HTTPStatus(status).phrase, value=example(shape))
        return OpenApiResponse(schema(shape, self.registry), words, [shown])


class Generator(SchemaGenerator):
    """The generator, which reads the table."""

    endpoint_inspector_cls = Endpoints

    def create_view(self, callback: Any, method: str, request: Any = None) -> Any:
        """Return a view that knows how it is described."""
        view = super().create_view(callback, method, request)  # type: ignore[no-untyped-call]
        self._set_schema_to_view(view, OperationSchema())  # type: ignore[no-untyped-call]
        return view


class Token(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description names calls with a token."""

    target_class = "users.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ARG002
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Of a service account, or personal: `administer`.",
        }


@cache
def lifetime_description() -> dict[str, Any]:
    """Return the description; it is the same for everybody."""
    generator: Any = Generator()  # type: ignore[no-untyped-call]
    paths: dict[str, Any] = generator.parse(None, public=True)
    tags = dict.fromkeys(one["tags"][0] for path in paths.values() for one in path.values())
    return {
        "openapi": settings.SPECTACULAR_SETTINGS["OAS_VERSION"],
        "info": {**INFO, "version": version()},
        "servers": [{"url": SERVER}],
        "tags": [{"name": name} for name in sorted(tags, key=lambda name: (name == NOT_KEPT, name))],
        "paths": paths,
        "components": generator.registry.build(
            {"responses": failures(generator.registry), "headers": headers()}
        ),
    }


def failing(row: Operation, method: str, declared: Described) -> list[int]:
    """Return the statuses of the errors that can come."""
    if row.not_kept:
        return sorted({*ALWAYS, 501})
    found = {*ALWAYS, *declared.fails}
    if declared.query or method != "GET":
        found.add(400)
    if "{" in row.path:
        found.add(404)
    if method != "GET":
        found.add(409)
    if declared.body is not None:
        found.add(415)
    return sorted(found)


def failures(components: ComponentRegistry) -> dict[str, Any]:
    """Return the errors in LifeTime's form, by status."""
    body = schema(Problem, components)
    made: dict[str, Any] = {}
    for status, (words, sentence) in WORDS.items():
        shown = {HTTPStatus(status).phrase: {"value": Problem(Errors=[sentence], StatusCode=status)}}
        content = {JSON: {"schema": body, "examples": shown}}
        made[str(status)] = {"description": words, "headers": ALLOWANCE, "content": content}
    made["429"]["headers"] = {**ALLOWANCE, "Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return made


def headers() -> dict[str, Any]:
    """Return the headers that answers carry."""
    return {
        name: {"description": words, "schema": {"type": "integer", "minimum": 0}}
        for name, words in HEADERS.items()
    }


def path_parameter(name: str) -> OpenApiParameter:
    """Return a part of the address: a key, if it is called so."""
    is_key = name.endswith("Key")
    kept: Mapping[str, Any] = {"format": "uuid", "examples": [EXAMPLE_KEY]} if is_key else {"minLength": 1}
    words = f"The key of the {' '.join(re.findall('[A-Z][a-z]+', name)[:-1]).lower()}." if is_key else name
    return OpenApiParameter(
        name, {"type": "string", **kept}, OpenApiParameter.PATH, required=True, description=words
    )


def query_parameter(parameter: Parameter) -> OpenApiParameter:
    """Return a parameter of the query, as it is read."""
    return OpenApiParameter(
        parameter.name, dict(parameter.schema), OpenApiParameter.QUERY, description=parameter.words
    )
