"""What every address of the record's API shares: who calls, how much they may, and what is wrong said in one manner."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.views import APIView

from audit.activity import Refused, TooManyRequests
from audit.activity.gates import NOTHING_HERE
from audit.activity.limits import spend, tell
from audit.api.problems import CursorAhead, Fault, ParametersRefused, parameters_refused, problem

JSON = "application/json"
AHEAD = (
    "The cursor is ahead of the database server, which was restored from a copy: its administrator has to run "
    "“manage.py restored”."
)
UNKNOWN = "Send a usable token as “Authorization: Bearer …”, or call from a browser that is signed in."


class RecordView(APIView):
    """An address of the record's API: read only, for who is known, within their allowance.

    What it knows of parameters stands in `parameters`; all others are refused by name. Whether the record can be
    written, it asks by itself, together with the allowance.
    """

    http_method_names: ClassVar[list[str]] = ["get", "head"]  # type: ignore[misc]
    parameters: ClassVar[tuple[str, ...]] = ()
    media_types: ClassVar[tuple[str, ...]] = (JSON,)
    media_type: str = JSON
    asks_for_the_record: ClassVar[bool] = True

    def get_authenticators(self) -> list[BaseAuthentication]:
        return [import_string(path)() for path in settings.RECORD_API_AUTHENTICATION]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Ask who calls, take from their allowance, and refuse what cannot be understood, in this order."""
        self.negotiate(request._request)
        request.bucket = "read" if self.media_type == JSON else "export"  # type: ignore[attr-defined]
        if not request.user.is_authenticated:  # asking is authenticating
            raise exceptions.NotAuthenticated
        spend(request)
        if zone := getattr(request.user, "time_zone", ""):
            timezone.activate(ZoneInfo(zone))  # the middleware around us puts back what was before
        if faults := self.faults(request._request):
            raise ParametersRefused(faults)

    def negotiate(self, request: HttpRequest) -> None:
        """Choose what to answer with. Raises NotAcceptable."""
        accepted = request.get_preferred_type(self.media_types)
        if accepted is None:
            raise exceptions.NotAcceptable
        self.media_type = accepted

    def faults(self, request: HttpRequest) -> list[Fault]:
        """Return what is wrong with the names of the parameters."""
        found = []
        for name, values in request.GET.lists():
            if name not in self.parameters:
                known = f"; known here: {', '.join(self.parameters)}" if self.parameters else ""
                found.append(
                    Fault("unknown-parameter", name[:100], f"This address has no such parameter{known}.")
                )
            elif len(values) > 1:
                found.append(Fault("repeated-parameter", name, "Give it once."))
        return found

    def handle_exception(self, exc: Exception) -> Any:
        """Answer with a problem; an outage, and what nobody foresaw, is the site's to answer."""
        return explain(self.request._request, exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Tell the allowance, and the methods."""
        self.headers["Vary"] = "Accept, Authorization, Cookie"
        answer = super().finalize_response(request, response, *args, **kwargs)
        tell(request, answer)
        return answer


def explain(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the answer to an error. Raises the error itself if it is the site's to answer."""
    match error:
        case ParametersRefused():
            return parameters_refused(request, error.faults)
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            answer = problem(401, "authentication-required", UNKNOWN)
            answer["WWW-Authenticate"] = 'Bearer realm="record"'
            return answer
        case Refused():
            return problem(403, "permission-missing", str(error), needs=error.needs)
        case PermissionDenied() | exceptions.PermissionDenied():
            return problem(403, "permission-missing", str(error) or "This is not permitted.")
        case Http404():
            return problem(404, "not-found", NOTHING_HERE)
        case exceptions.MethodNotAllowed():
            return problem(405, "method-not-allowed", "The record is only ever read: use GET.")
        case exceptions.NotAcceptable():
            return problem(406, "not-acceptable", "This address offers nothing of what Accept names.")
        case TooManyRequests():
            answer = problem(429, "too-many-requests", error.message)
            answer["Retry-After"] = str(error.seconds)
            return answer
        case CursorAhead():
            return problem(503, "record-unavailable", AHEAD)
    raise error


class Unknown(RecordView):
    """Every address below the base that is none."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raise Http404 to whoever is known."""
        super().initial(request, *args, **kwargs)
        raise Http404(NOTHING_HERE)

    def get(self, request: Request) -> HttpResponse:  # noqa: ARG002
        """Never reached: it is what the header Allow is made of."""
        raise Http404(NOTHING_HERE)

    def faults(self, request: HttpRequest) -> list[Fault]:  # noqa: ARG002
        return []  # there is nothing here, whatever its parameters
