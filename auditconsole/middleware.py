"""What every request passes: its origin, the record's readiness, the reader's time zone."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property

from audit.activity import (
    Channel,
    Conflict,
    Origin,
    RecordUnavailable,
    Refused,
    TooManyRequests,
    originating,
)
from audit.activity.origin import host
from audit.record import WRITABLE, is_out_of_reach
from auditconsole import errors

logger = logging.getLogger(__name__)
WAITED_IN_VAIN = {"40P01", "40001"}  # a deadlock, a transaction that cannot be put after another
Handler = Callable[[HttpRequest], HttpResponse]
API_CHANNELS: dict[str, Channel] = {"lifetimeapi": "lifetime-api", "api": "api"}


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp's, which puts the policy together for each answer: here once, for all that say nothing of it."""

    def process_request(self, request: HttpRequest) -> None:
        """No nonce: the policy has none."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Send the policy along."""
        if any(
            name.startswith("_csp_") for name in vars(response)
        ):  # what django-csp's decorators leave behind
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._policy)
        return response

    @cached_property
    def _policy(self) -> str:
        return build_policy()


class NoStoreMiddleware:
    """Keeps answers out of every cache, the browser's too: after signing out, "back" must not show the record.

    Files of the console itself are answered before it and stay cacheable.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Cache-Control"] = "no-store, private"
        return response


class OriginMiddleware:
    """Gives each request an id of our own making (also in the answer's X-Request-ID) and says where it comes from."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = Origin(
            channel=API_CHANNELS.get(
                request.path_info.removeprefix("/").partition("/")[0].lower(), "browser"
            ),
            ip=address_of(request),
            user_agent=request.headers.get("User-Agent", "")[:500].replace("\0", ""),
        )
        with originating(origin):
            request.origin = origin  # type: ignore[attr-defined]
            response = self.get_response(request)
            response["X-Request-ID"] = str(origin.request_id)
            return response


def address_of(request: HttpRequest) -> str:
    """Return the address the request came from: what the outermost of our own proxies (PROXIES) saw. What a client
    writes into the header itself stands further left and is not believed. Empty where there is none (a Unix socket)."""
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    seen = hops[-settings.PROXIES :][:1] if 0 < settings.PROXIES <= len(hops) else []
    # where a proxy is not set up as PROXIES says, its own address is the honest answer
    for address in (*seen, request.META.get("REMOTE_ADDR", "")):
        with suppress(ValueError):
            return str(host(without_port(address.strip())))
    return ""


def without_port(hop: str) -> str:
    """Return the address of "203.0.113.9:4711", "[2001:db8::7]:4711" or "[2001:db8::7]", as some proxies write it; what
    is none of these as it is."""
    address, _, port = hop.rpartition(":")
    if hop.startswith("[") and hop.endswith("]"):
        return hop[1:-1]
    if not (port.isascii() and port.isdigit()):
        return hop
    if address.startswith("[") and address.endswith("]"):
        return address[1:-1]
    return address if address.count(".") == 3 and ":" not in address else hop


class RecordRequiredMiddleware:
    """Fails closed: where the record cannot be written, the console answers 503 and does nothing."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _comes_by_token(request) or record_is_writable():
            return self.get_response(request)
        return errors.unavailable(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        """Ask here what was not asked before, unless the view asks by itself, in one message with its own question."""
        asks = getattr(getattr(view, "cls", None), "asks_for_the_record", False)
        if asks or not _comes_by_token(request) or record_is_writable():
            return None
        return errors.unavailable(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 503 when the record or the database failed in the middle (a full disk: nothing was changed), 409 when
        others were quicker, 403 that names the permission when it was refused, 429 when it was too much."""
        if isinstance(exception, Conflict) or getattr(exception.__cause__, "sqlstate", "") in WAITED_IN_VAIN:
            return errors.conflict(request)
        if isinstance(exception, TooManyRequests):
            return errors.too_many_requests(request, exception)
        if isinstance(exception, RecordUnavailable | OperationalError) or is_out_of_reach(exception):
            logger.error("Nothing was done.", exc_info=exception)
            return errors.unavailable(request)
        if isinstance(exception, Refused):
            return errors.refused(request, exception)
        return None


def _comes_by_token(request: HttpRequest) -> bool:
    """Say whether this is a call of an API that nothing before its view asks the database about."""
    return (
        request.origin.channel != "browser"  # type: ignore[attr-defined]
        and "HTTP_AUTHORIZATION" in request.META
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
    )


def record_is_writable() -> bool:
    """Say whether this login may add events now; False also when the tables or the database are not there."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {WRITABLE}")
            row = cursor.fetchone()
    except DatabaseError:
        return False
    return row is not None and row[0] is True


class TimeZoneMiddleware:
    """Shows times in the reader's own zone."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = getattr(request.user, "time_zone", "")
        with timezone.override(ZoneInfo(zone) if zone else None):
            return self.get_response(request)


class NotAllowedMiddleware:
    """Makes a page of Django's empty 405; the APIs answer theirs in JSON."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_empty = isinstance(response, HttpResponseNotAllowed) and not response.content
        return errors.not_allowed(request, response["Allow"]) if is_empty else response
