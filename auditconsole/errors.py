"""Error answers: a page for people, the documented JSON for clients of the API, both with the request's id."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from audit.activity import Refused
from audit.activity.gates import NOTHING_HERE
from audit.api.problems import problem

JSON_CHANNELS = ("lifetime-api",)
PROBLEMS = {  # the codes of the record's API
    HTTPStatus.BAD_REQUEST: "request-unreadable",
    HTTPStatus.FORBIDDEN: "permission-missing",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal-error",
    HTTPStatus.SERVICE_UNAVAILABLE: "record-unavailable",
}


def answer(request: HttpRequest, status: HTTPStatus, message: str, **context: object) -> HttpResponse:
    """Return the error as JSON to the API's clients, as a page to everybody else."""
    origin = getattr(request, "origin", None)
    if origin and origin.channel == "api":
        needs = {"needs": context["needs"]} if "needs" in context else {}
        return problem(int(status), PROBLEMS[status], message, **needs)
    if origin and origin.channel in JSON_CHANNELS:
        return JsonResponse({"Errors": [message], "StatusCode": int(status)}, status=status)
    context = {"message": message, "request_id": origin.request_id if origin else "", **context}
    return render(request, f"{int(status)}.html", context, status=status)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the record cannot be written."""
    return answer(
        request,
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The record cannot be written at the moment, so nothing was done. Try again later.",
    )


def refused(request: HttpRequest, exception: Refused) -> HttpResponse:
    """403 that names the missing permission."""
    return answer(request, HTTPStatus.FORBIDDEN, str(exception), needs=exception.needs)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  (Django's shape)
    """400 for what Django itself refuses to read."""
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
