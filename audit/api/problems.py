"""What went wrong, as RFC 9457 says it: `application/problem+json`, with a stable code, the parameter, its position."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse

from audit.activity import current_origin
from audit.api.documents import encoded

MEDIA_TYPE = "application/problem+json"
# Every code that an answer can carry, with what it means. Codes are for programs, and stay.
CODES = {
    "authentication-required": "Neither a usable token nor a signed-in browser came with the request.",
    "permission-missing": "The caller is known and lacks a permission or a scope; `needs` names it.",
    "not-found": "There is nothing here, or nothing that the caller may see: both read the same.",
    "method-not-allowed": "The record is only ever read.",
    "not-acceptable": "None of the media types in Accept is offered here.",
    "parameters-refused": "At least one parameter is wrong; `errors` says which, where and why.",
    "too-many-requests": "The allowance is used up; Retry-After says when there is more.",
    "record-unavailable": "The record cannot be written at the moment, so nothing is read either.",
    "request-unreadable": "The request could not be read at all.",
    "internal-error": "Something went wrong on our side.",
}
# Codes of single errors within "parameters-refused".
PARAMETER_CODES = {
    "unknown-parameter": "No parameter of this address has this name.",
    "repeated-parameter": "The parameter is given more than once.",
    "invalid-parameter": "The value means nothing here.",
    "conflicting-parameter": "The parameter cannot go together with another one that is given.",
    "invalid-cursor": "The place in the record is none that this caller was given.",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with one parameter."""

    code: str
    parameter: str
    detail: str


class CursorAhead(Exception):
    """The feed's cursor is beyond the transaction numbers of this database server."""


@dataclass
class ParametersRefused(Exception):
    """The parameters are wrong; nothing of what was asked for is done."""

    faults: list[Fault] = field(default_factory=list)


def problem(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """Return the answer that says what went wrong. `code` is one of CODES."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": str(current_origin().request_id),
        **more,
    }
    return HttpResponse(encoded(body), status=status, content_type=MEDIA_TYPE)


def parameters_refused(request: HttpRequest, faults: list[Fault]) -> HttpResponse:
    """Return the 400 that names each parameter and where in the query it stands."""
    errors = [
        {
            "code": fault.code,
            "parameter": fault.parameter,
            "position": position(request, fault.parameter, last=fault.code == "repeated-parameter"),
            "detail": fault.detail,
        }
        for fault in faults
    ]
    detail = f"{faults[0].parameter}: {faults[0].detail}" if len(faults) == 1 else "See errors."
    return problem(400, "parameters-refused", detail, errors=errors)


def position(request: HttpRequest, parameter: str, *, last: bool = False) -> int | None:
    """Return at which character of the query string the parameter begins; None where it stands nowhere."""
    found, offset = None, 0
    for part in request.META.get("QUERY_STRING", "").split("&"):
        if unquote_plus(part.partition("=")[0]) == parameter:
            found = offset
            if not last:
                break
        offset += len(part) + 1
    return found
