"""Which console this is, for clients that ask before they call."""

import tomllib
from functools import cache

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from audit.activity.api import LifeTimeView


@cache
def version() -> str:
    """Return the version, from the one place where it is written."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


class Version(LifeTimeView):
    """GET /version."""

    permission = None

    def get(self, request: Request) -> Response:  # noqa: ARG002  (the same for all)
        """Answer the documented shape; there is no platform below this console, whose version it would tell."""
        own = {"name": "Audit Console", "version": version(), "fullVersion": version()}
        return Response({**own, "platformServerVersion": ""})
