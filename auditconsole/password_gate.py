"""Whoever has to change their password does that first, and nothing else."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from auditconsole import errors
from auditconsole.middleware import Handler

OPEN = {"users:password", "users:sign_out"}


class PasswordGateMiddleware:
    """Leads a person with a session and a password to be changed to the page that changes it; the API answers 403."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Answer instead of the view, unless it is the one that changes the password or ends the session."""
        if not getattr(request.user, "must_change_password", False):
            return None
        if request.resolver_match and request.resolver_match.view_name in OPEN:
            return None
        if request.origin.channel != "browser":  # type: ignore[attr-defined]
            return errors.answer(
                request, HTTPStatus.FORBIDDEN, "You have to change your password first, in the console."
            )
        return redirect("users:password")
