"""What every view of the LifeTime API shares: each call on record, a declared permission, the documented errors.

Format of errors: `{"Errors": [text], "StatusCode": number}` (lifetime.md, section 5).
"""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, TypedDict, TypeVar, cast

from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    ValidationError,
)
from django.http import Http404, HttpResponse, UnreadablePostError
from rest_framework.exceptions import APIException, AuthenticationFailed, UnsupportedMediaType
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.activities import api_called
from audit.activity.actors import Actor
from audit.activity.documents import call, parsed
from audit.activity.errors import RecordUnavailable, TooManyRequests
from audit.activity.gates import NOTHING_HERE
from audit.activity.limits import spend, tell
from audit.activity.operations import described
from audit.activity.shapes import Field, read

JSON = "application/json"
S = TypeVar("S")


class AlwaysJSON(BaseContentNegotiation):
    """Answers JSON whatever a client accepts, as LifeTime does; so nothing is refused before it is on record."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:  # noqa: ARG002
        """Return the only parser."""
        return next(iter(parsers))

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,  # noqa: ARG002
    ) -> tuple[BaseRenderer, str]:
        """Return the only renderer."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type or ""


class LifeTimeView(APIView):
    """A view of the LifeTime API.

    `permission` is asked about nothing in particular; where things decide, they are fetched from what the caller may
    see and changed by services that ask, and the view says `permission = None`.
    """

    permission: ClassVar[str | None]
    http_method_names: ClassVar[list[str]] = ["get", "head", "post", "put", "delete"]  # type: ignore[misc]
    content_negotiation_class = AlwaysJSON
    asks_for_the_record: ClassVar[bool] = True  # together with the allowance
    body: bytes

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, record, ask the permission, and read the body, of which Django takes only so much."""
        super().initial(request, *args, **kwargs)
        self.body = request._request.body

    def perform_authentication(self, request: Request) -> None:
        """Take from the caller's allowance, and put the call on record before anything is done: what cannot be recorded
        is not answered. A call beyond the allowance is neither. Raises TooManyRequests."""
        request.bucket = "lifetime"  # type: ignore[attr-defined]
        super().perform_authentication(request)
        spend(request)
        api_called.record(None, by=caller(request), **call(request))

    def sent(self, shape: type[S]) -> S:
        """Return the body as its shape has it, which the operation declares. Raises ValidationError;
        UnsupportedMediaType for a body that says it is something else."""
        if shape is not described(self, str(self.request.method)).body:
            raise LookupError(f"{self.request.method} of {type(self).__name__} declares another body.")
        kind = str(self.request.content_type or JSON).partition(";")[0].strip().lower()
        if kind not in {JSON, "text/json"}:
            raise UnsupportedMediaType(kind, f"Send the body as {JSON}, not as {kind[:50]!r}.")
        found: S = read(shape, parsed(self.body))
        return found

    def refuse_body(self) -> None:
        """Raise ValidationError for a body that an operation without one would have to ignore."""
        if self.body.strip() not in {b"", b"{}", b"null"}:
            raise ValidationError("This operation takes no body.")

    def handle_exception(self, exc: Exception) -> Response:
        """Answer with the documented body; what nobody foresaw is a 500 of the site."""
        status, errors = explain(exc)
        if status is None:
            raise exc
        answer = problem(status, errors)
        if isinstance(exc, TooManyRequests):
            answer["Retry-After"] = str(exc.seconds)
        return answer

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Tell the allowance."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        tell(request, answer)
        return answer


class Problem(TypedDict):
    """What went wrong."""

    Errors: Annotated[list[str], Field("Sentences; the name of the field stands first.")]
    StatusCode: Annotated[int, Field("The status of the answer.")]


def problem(status: HTTPStatus, errors: list[str]) -> Response:
    """Return the documented body of errors."""
    return Response(Problem(Errors=errors, StatusCode=int(status)), status=status)


def caller(request: Request) -> Actor:
    """Return who calls: a service account, or a person whose token may administer."""
    return cast(Actor, request.user)


class NotKeptHere(APIException):
    """What is asked for is nothing that this console keeps."""

    status_code = HTTPStatus.NOT_IMPLEMENTED

    def __init__(self, what: str) -> None:
        super().__init__(f"This console does not keep {what}.")


class NotKept(LifeTimeView):
    """An operation on what this console does not keep: 501 that says so, to whoever is known."""

    permission = None
    what: ClassVar[str] = "this"

    def answer(self, request: Request, **keys: str) -> Response:  # noqa: ARG002  (whatever the address names)
        """Raise NotKeptHere."""
        raise NotKeptHere(self.what)

    get = head = post = put = delete = answer


class Unknown(LifeTimeView):
    """Every address below the base path that names no operation."""

    permission = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raise Http404 to whoever is known."""
        super().initial(request, *args, **kwargs)
        raise Http404(NOTHING_HERE)


def explain(error: Exception) -> tuple[HTTPStatus | None, list[str]]:
    """Return the status and the sentences for an error; no status for one that nobody foresaw."""
    match error:
        case ValidationError():
            return HTTPStatus.BAD_REQUEST, sentences(error)
        case Http404():
            return HTTPStatus.NOT_FOUND, [str(error)]
        case ObjectDoesNotExist():  # deleted since it was fetched
            return HTTPStatus.NOT_FOUND, [NOTHING_HERE]
        case AuthenticationFailed():
            return HTTPStatus.FORBIDDEN, [str(error.detail)]  # LifeTime's clients know no 401
        case PermissionDenied():
            return HTTPStatus.FORBIDDEN, [str(error) or "This is not permitted."]
        case TooManyRequests():
            return HTTPStatus.TOO_MANY_REQUESTS, [error.message]
        case RecordUnavailable():
            return HTTPStatus.SERVICE_UNAVAILABLE, [str(error)]
        case RequestDataTooBig():
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, ["The body is larger than 1 MiB."]
        case UnreadablePostError():
            return HTTPStatus.BAD_REQUEST, ["The body ended early."]
        case APIException():
            return HTTPStatus(error.status_code), [str(error.detail)]
    return None, []


def sentences(error: ValidationError) -> list[str]:
    """Return a service's complaint, each with the name of the field it is about."""
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    return [
        message if field == "__all__" else f"{field}: {message}"
        for field, messages in error.message_dict.items()
        for message in messages
    ]


def listing(items: Sequence[Mapping[str, Any]]) -> Response:
    """Answer a list; nothing in it is a 204."""
    return Response(items) if items else Response(status=HTTPStatus.NO_CONTENT)


def done(status: HTTPStatus = HTTPStatus.NO_CONTENT) -> HttpResponse:
    """Answer without a body."""
    return HttpResponse(status=status)


def accepted() -> HttpResponse:
    """Answer 202 without a body, as clients of start, continue and abort expect."""
    return HttpResponse(status=HTTPStatus.ACCEPTED)
