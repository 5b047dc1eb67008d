"""Which console this is, for clients that ask before they call."""

import tomllib
from functools import cache
from typing import Annotated, TypedDict

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from audit.activity.api import LifeTimeView
from audit.activity.operations import operation
from audit.activity.shapes import Blank, Field

Number = Annotated[str, Field("The version of this console.", "1.0.0")]


class ConsoleVersionShape(TypedDict):
    """Which console this is."""

    name: Annotated[str, Field("What answers.", "Audit Console")]
    version: Number
    fullVersion: Number
    platformServerVersion: Blank


@cache
def version() -> str:
    """Return the version, from the one place where it is written."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


class Version(LifeTimeView):
    """GET /version."""

    permission = None

    @operation({200: ConsoleVersionShape})
    def get(self, request: Request) -> Response:  # noqa: ARG002  (the same for all)
        """Answer the documented shape; there is no platform below this console, whose version it would tell."""
        own = version()
        return Response(
            ConsoleVersionShape(name="Audit Console", version=own, fullVersion=own, platformServerVersion="")
        )
