"""Whoever has to sign in (again) keeps what they have typed."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render, resolve_url
from django.urls import resolve

from audit.activity import drafts
from audit.activity.drafts import Draft
from auditconsole import errors

ENDED = "Your session has ended, so nothing was saved. Sign in, and what you typed is there again."


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Leads to signing in. What a form of ours sent goes along, and afterwards back into the form.

    Only for the person to whom the form was shown; who else signs in gets nothing of it.
    """

    def handle_no_permission(  # type: ignore[override]  # (a page as well as a redirect)
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """Ask to sign in, with the draft if there is one."""
        draft = drafts.of(request) if request.method == "POST" else None
        return ask(request, draft) if draft else super().handle_no_permission(request, view_func)

    def process_request(self, request: HttpRequest) -> None:
        """Keep the draft through failed attempts to sign in."""
        if request.method == "POST" and request.path == resolve_url(settings.LOGIN_URL):
            request.draft = drafts.read(request.POST.get(drafts.NAME, ""))  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """After signing in, lead to the form."""
        draft: Draft | None = getattr(request, "draft", None)
        is_in = response.status_code == HTTPStatus.FOUND and request.user.is_authenticated
        if draft is None or not is_in or str(request.user.pk) != draft.reader:
            return response
        page = offer(request, draft, HTTPStatus.OK)
        page.cookies = response.cookies
        return page


def ask(request: HttpRequest, draft: Draft) -> HttpResponseBase:
    """Return the page to sign in, which carries the draft."""
    messages.warning(request, ENDED)
    request.draft = draft  # type: ignore[attr-defined]
    request.GET = QueryDict(urlencode({"next": request.get_full_path()}))
    request.method, request.POST = "GET", QueryDict()
    page: HttpResponseBase = resolve(resolve_url(settings.LOGIN_URL)).func(request)
    return page


def offer(request: HttpRequest, draft: Draft, status: HTTPStatus) -> HttpResponse:
    """Return the page that leads back to the form with what was typed."""
    return render(request, "draft.html", {"draft": draft}, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a form whose token is not this session's: it was open while somebody signed in or out."""
    draft = drafts.of(request)
    if draft and not request.user.is_authenticated:
        return ask(request, draft)
    if draft and str(request.user.pk) == draft.reader:
        return offer(request, draft, HTTPStatus.FORBIDDEN)
    return errors.form_out_of_date(request, reason)
