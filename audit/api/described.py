"""The description of the API in OpenAPI 3.1: what each address takes and answers, with examples."""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)

from audit.activity import kinds
from audit.api import exports, shapes
from audit.api.base import JSON
from audit.api.feed import LONGEST_WAIT
from audit.api.parameters import DEFAULT_LIMIT, LARGEST_LIMIT
from audit.api.problems import MEDIA_TYPE
from audit.filters import OUTCOMES
from audit.rows import CHANNELS

KEY = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
WHOLE = {"minimum": 0}


def parameter(name: str, description: str, kind: Any = str, **more: Any) -> OpenApiParameter:
    """Return a parameter of the query."""
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=description, **more)


def switch(name: str, description: str) -> OpenApiParameter:
    """Return a parameter that is on with 1."""
    return parameter(name, description, enum=["1"])


LIMIT = parameter(
    "limit",
    "How many events at most.",
    {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
)
PAGING = [
    LIMIT,
    parameter("older", "The page below a place. Taken from `next`, never made up."),
    parameter("newer", "The page above a place. Taken from `previous`."),
    parameter("count", "1: say how many events there are, up to 10,000.", enum=["0", "1"]),
]
FEED = [
    parameter(
        "cursor",
        "Follow the record in commit order: `beginning`, `now`, or the cursor of an earlier answer.",
        examples=[
            OpenApiExample("from now on", value="now"),
            OpenApiExample("everything", value="beginning"),
        ],
    ),
    parameter(
        "wait",
        "With a cursor: wait so many seconds at most until there are events.",
        {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT, "default": 0},
    ),
]


def filters() -> list[OpenApiParameter]:
    """Return the filters; all that are given must fit."""
    moments = "An instant (2026-11-22T09:30:00Z) or a day of the reader's time zone (2026-11-22)."
    keyed = {"type": "string", "format": "uuid"}
    names = [kind.name for kind in kinds()]
    return [
        parameter("message", "Words of the sentence, or how they begin."),
        parameter("since", f"Not before. {moments}"),
        parameter("until", f"Before this instant, or not after this day. {moments}"),
        parameter("actor", "Who acted: a key, or `system`, `database`, `unknown`."),
        parameter("user", "The same as `actor`, under the name it has on the page."),
        parameter("kind", "The kind of the entity.", enum=names),
        parameter(
            "subject", "A thing it is about, as kind:key.", examples=[OpenApiExample("role", f"role:{KEY}")]
        ),
        parameter("activity", "The name of an activity, as the catalogue has it."),
        parameter("outcome", "How it ended.", enum=list(OUTCOMES)),
        parameter("channel", "How it came.", enum=list(CHANNELS)),
        parameter("request", "Events of one request.", keyed),
        parameter("changed", "The name of a field that changed, as in `changed_fields`.", {"type": "string"}),
        parameter("ip", "The address it came from."),
        switch("updates", "1: only updates, no reads."),
        switch("failed", "1: only what failed or was refused."),
        *(
            parameter(f"not_{name}", f"{name.capitalize()}s to leave out, separated by commas.")
            for name in ("user", "kind", "activity", "outcome", "channel")
        ),
    ]


def headers(*names: str, response: Sequence[str]) -> list[OpenApiParameter]:
    """Return the headers that answers with these statuses carry."""
    words = {
        "RateLimit-Limit": "Requests in a window.",
        "RateLimit-Remaining": "Requests that are left.",
        "RateLimit-Reset": "Seconds until the next window.",
        "Retry-After": "Seconds to wait.",
    }
    return [
        OpenApiParameter(name, int, OpenApiParameter.HEADER, description=words[name], response=list(response))
        for name in names
    ]


ALLOWANCE = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


def failing(*statuses: int) -> dict[Any, Any]:
    """Return the answers that say what went wrong."""
    words = {
        400: "At least one parameter is wrong; `errors` names each.",
        401: "The caller is not known.",
        403: "The caller lacks a permission, or the token the scope `record:read`.",
        404: "Nothing here, or nothing that the caller may see.",
        406: "Nothing of what Accept names is offered.",
        429: "The allowance is used up.",
        503: "The record cannot be written, so nothing is read either.",
    }
    return {
        (status, MEDIA_TYPE): OpenApiResponse(shapes.ProblemSerializer, words[status])
        for status in sorted({401, 403, 406, 429, 503, *statuses})
    }


def describe(
    summary: str,
    *,
    tag: str,
    answers: dict[Any, Any],
    fails: tuple[int, ...] = (),
    parameters: Sequence[Any] = (),
    name: str | None = None,
) -> Callable[[Any], Any]:
    """Return the decorator that describes a view's `get`."""
    told = [*parameters, *headers(*ALLOWANCE, response=["200"]), *headers("Retry-After", response=["429"])]
    responses = {**answers, **failing(400, *fails)}
    return extend_schema(operation_id=name, summary=summary, tags=[tag], parameters=told, responses=responses)


PAGE = OpenApiResponse(
    shapes.PageSerializer,
    "A page of the log.",
    [OpenApiExample("page", {"events": [shapes.EVENT_EXAMPLE], "next": None, "previous": None})],
)
EVENTS = describe(
    "The whole record: by pages, as a feed, or as a file",
    tag="events",
    answers={
        (200, JSON): OpenApiResponse(
            PolymorphicProxySerializer(
                component_name="Events",
                serializers=[shapes.PageSerializer, shapes.FeedSerializer],
                resource_type_field_name=None,
            ),
            "A page of the log; with `cursor`, one of the feed.",
            [
                OpenApiExample("page", {"events": [shapes.EVENT_EXAMPLE], "next": None, "previous": None}),
                OpenApiExample(
                    "feed",
                    {
                        "events": [shapes.EVENT_EXAMPLE],
                        "next": "https://console.example/api/v1/events?cursor=WzIxMy…",
                        "cursor": "WzIxMy…",
                        "is_complete": True,
                        "lag_seconds": 0.0,
                    },
                ),
            ],
        ),
        (200, exports.CSV): OpenApiTypes.STR,
        (200, exports.NDJSON): OpenApiTypes.STR,
        (200, exports.EXCEL): OpenApiTypes.BINARY,
    },
    name="events",
    parameters=[*FEED, *PAGING, *filters()],
)
EVENT = describe(
    "One event",
    tag="events",
    name="event",
    answers={
        (200, JSON): OpenApiResponse(
            shapes.EventSerializer, "The event.", [OpenApiExample("event", shapes.EVENT_EXAMPLE)]
        ),
        304: OpenApiResponse(None, "The caller has it as it is."),
    },
    fails=(404,),
    parameters=[
        OpenApiParameter(
            "number", {"type": "integer", **WHOLE}, OpenApiParameter.PATH, description="Its `id`."
        ),
        OpenApiParameter(
            "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag of an earlier answer."
        ),
        OpenApiParameter(
            "ETag", str, OpenApiParameter.HEADER, description="Strong.", response=["200", "304"]
        ),
    ],
)
THING = OpenApiParameter("key", OpenApiTypes.UUID, OpenApiParameter.PATH, description="The key of the thing.")
CHANGE_LOG = describe(
    "Everything done to a thing",
    tag="logs",
    answers={(200, JSON): PAGE},
    fails=(404,),
    parameters=[THING, *PAGING],
)
ACTIVITY_LOG = describe(
    "Everything that an account did",
    tag="logs",
    answers={(200, JSON): PAGE},
    fails=(404,),
    parameters=[THING, *PAGING],
)
ACTIVITIES = describe(
    "The catalogue of what can happen",
    tag="about",
    name="activities",
    answers={(200, JSON): OpenApiResponse(shapes.CatalogueSerializer, "Every activity.")},
)
ME = describe(
    "Who is asking",
    tag="about",
    name="me",
    answers={(200, JSON): OpenApiResponse(shapes.MeSerializer, "The caller.")},
)
DESCRIPTION = describe(
    "This description",
    tag="about",
    name="description",
    answers={(200, JSON): OpenApiResponse(OpenApiTypes.OBJECT, "OpenAPI 3.1.")},
)


class Token(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description names calls with a token."""

    target_class = "users.record_access.RecordToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ARG002
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Of a service account, or personal: `record:read`.",
        }


class Browser(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description names calls from a browser that is signed in."""

    target_class = "users.record_access.BrowserSession"
    name = "browser"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ARG002
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
