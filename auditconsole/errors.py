"""Error answers: a page for people, the documented JSON for clients of the API, both with the request's id."""

from functools import partial
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from audit.activity import Refused, TooManyRequests, current_origin
from audit.activity.gates import NOTHING_HERE
from audit.api.problems import problem
from users.models import User

JSON_CHANNELS = ("lifetime-api",)
NAMED = 3  # of those who could give a permission
PROBLEMS = {  # the codes of the record's API
    HTTPStatus.BAD_REQUEST: "request-unreadable",
    HTTPStatus.FORBIDDEN: "permission-missing",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal-error",
    HTTPStatus.SERVICE_UNAVAILABLE: "record-unavailable",
    HTTPStatus.TOO_MANY_REQUESTS: "too-many-requests",
}


def answer(
    request: HttpRequest, status: HTTPStatus, message: str, *, template: str = "", **context: object
) -> HttpResponse:
    """Return the error as JSON to the API's clients, as a page to everybody else."""
    origin = getattr(request, "origin", None)
    if origin and origin.channel == "api":
        needs = {"needs": context["needs"]} if "needs" in context else {}
        return problem(int(status), PROBLEMS.get(status, "request-unreadable"), message, **needs)
    if origin and origin.channel in JSON_CHANNELS:
        return JsonResponse({"Errors": [message], "StatusCode": int(status)}, status=status)
    context = {"message": message, "request_id": origin.request_id if origin else "", **context}
    return render(request, template or f"{int(status)}.html", context, status=status)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the record cannot be written. A log keeps its frame, so that nobody takes it for an empty one."""
    return answer(
        request,
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The record cannot be written at the moment, so nothing was done. Try again later.",
        template="audit/unavailable.html" if _is_log(request) else "",
    )


def refused(request: HttpRequest, exception: Refused) -> HttpResponse:
    """403 that names the missing permission, and to people who could give it."""
    managers = User.objects.people().active().filter(role__manage_infrastructure=True, is_builtin=False)
    page = partial(answer, request, HTTPStatus.FORBIDDEN, str(exception), needs=exception.needs)
    is_page = current_origin().channel == "browser"
    return page(managers=list(managers.in_order()[:NAMED])) if is_page else page()


def conflict(request: HttpRequest) -> HttpResponse:
    """409: others change the same thing at this very moment."""
    message = "Somebody else is changing the same thing at this moment, so nothing was done. Try again."
    return answer(request, HTTPStatus.CONFLICT, message)


def too_many_requests(request: HttpRequest, exception: TooManyRequests) -> HttpResponse:
    """429 with the seconds to wait."""
    seconds = exception.seconds
    response = answer(
        request, HTTPStatus.TOO_MANY_REQUESTS, exception.message, minutes=-(-seconds // 60), seconds=seconds
    )
    response["Retry-After"] = str(seconds)
    return response


def not_allowed(request: HttpRequest, allow: str) -> HttpResponse:
    """405 that names what can be done with the address."""
    response = answer(request, HTTPStatus.METHOD_NOT_ALLOWED, f"This address answers {allow} only.")
    response["Allow"] = allow
    return response


def form_out_of_date(request: HttpRequest, reason: str) -> HttpResponse:  # noqa: ARG001  (Django's shape)
    """403 for a form whose token is not this session's, and of which nothing can be kept."""
    return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for what Django itself refuses to read; 413 where it is too much."""
    if isinstance(exception, RequestDataTooBig):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024
        return answer(
            request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {limit:,} KB are read.", limit=limit
        )
    return answer(request, HTTPStatus.BAD_REQUEST, "The request could not be read.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  (Django's shape)
    """403 without a particular permission, such as a failed CSRF check."""
    return answer(request, HTTPStatus.FORBIDDEN, "This is not permitted.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  (Django's shape)
    """404: absent and hidden read the same, whatever the address."""
    return answer(request, HTTPStatus.NOT_FOUND, NOTHING_HERE, unplaced=True)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: the request id finds the events and the log lines."""
    return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side.")


def _is_log(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).namespace == "audit"
    except Resolver404:
        return False
