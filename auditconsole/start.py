"""Where everybody begins after signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from auditconsole.navigation import start


def begin(request: HttpRequest) -> HttpResponse:
    """Lead to the first page that shows the reader something."""
    return redirect(start(request.user))  # type: ignore[arg-type]
