"""The block list of an application: the environments that no plan may take it to, and why."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from applications import services
from applications.models import Application, environments_of
from audit.activity.api import LifeTimeView, caller, done
from audit.activity.documents import items, members, switch, text, thing
from audit.activity.gates import fetch
from infrastructure.models import Environment
from roles.models import Level

FIELDS = ("environmentKey", "isBlocked", "isBlockedChangeReason")


class Configurations(LifeTimeView):
    """GET and PUT /applications/{ApplicationKey}/configurations/."""

    permission = None

    def get(self, request: Request, application: str) -> Response:
        """Answer, for each environment where the caller may list the application, whether it is blocked there."""
        found = fetch(Application.objects.visible_to(request.user), application)
        reasons = dict(found.blocks.values_list("environment", "reason"))
        places = environments_of(found, request.user, Level.LIST).in_order()
        return Response({"configurations": [configuration_json(place, reasons) for place in places]})

    def put(self, request: Request, application: str) -> HttpResponse:
        """Block and unblock in the environments that the body names, all or none; the others stay as they are."""
        found = fetch(Application.objects.visible_to(request.user), application)
        listed = environments_of(found, request.user, Level.LIST)
        wanted: dict[Environment, str] = {}
        for position, one in enumerate(items(self.sent("configurations"), "configurations")):
            where = f"configurations[{position}]"
            row = members(one, where, *FIELDS)
            place = thing(row, "environmentKey", listed)
            if place in wanted:
                raise ValidationError(f"{where} is about '{place}', which stands there twice.")
            wanted[place] = reason(row)
        services.change_blocks(found, by=caller(request), reasons=wanted)
        return done()


def configuration_json(place: Environment, reasons: dict[Any, str]) -> dict[str, Any]:
    """Return the documented shape."""
    why = reasons.get(place.pk)
    return {
        "environmentKey": str(place.key),
        "isBlocked": why is not None,
        "isBlockedChangeReason": why or "",
    }


def reason(row: dict[str, Any]) -> str:
    """Return why the application shall be kept out; empty where it shall not. Raises ValidationError."""
    is_blocked = switch(row, "isBlocked")
    why = text(row, "isBlockedChangeReason", required=False)
    if is_blocked and not why.strip():
        raise ValidationError({"isBlockedChangeReason": "Say why: those who plan a deployment read it."})
    return why if is_blocked else ""
