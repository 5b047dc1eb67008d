"""The block list of an application: the environments that no plan may take it to, and why."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from applications import services
from applications.api.shapes import (
    ConfigurationShape,
    ConfigurationsShape,
    SentConfigurationShape,
    SentConfigurationsShape,
)
from applications.models import Application, environments_of
from audit.activity.api import LifeTimeView, caller, done
from audit.activity.documents import thing
from audit.activity.gates import fetch
from audit.activity.operations import operation
from infrastructure.models import Environment
from roles.models import Level


class Configurations(LifeTimeView):
    """GET and PUT /applications/{ApplicationKey}/configurations/."""

    permission = None

    @operation({200: ConfigurationsShape})
    def get(self, request: Request, application: str) -> Response:
        """Answer, for each environment where the caller may list the application, whether it is blocked there."""
        found = fetch(Application.objects.visible_to(request.user), application)
        reasons = dict(found.blocks.values_list("environment", "reason"))
        places = environments_of(found, request.user, Level.LIST).in_order()
        rows = [configuration_json(place, reasons) for place in places]
        return Response(ConfigurationsShape(configurations=rows))

    @operation({204: None}, body=SentConfigurationsShape)
    def put(self, request: Request, application: str) -> HttpResponse:
        """Block and unblock in the environments that the body names, all or none; the others stay as they are."""
        found = fetch(Application.objects.visible_to(request.user), application)
        listed = environments_of(found, request.user, Level.LIST)
        wanted: dict[Environment, str] = {}
        for position, row in enumerate(self.sent(SentConfigurationsShape)["configurations"]):
            place = thing(row, "environmentKey", listed)
            if place in wanted:
                where = f"configurations[{position}]"
                raise ValidationError(f"{where} is about '{place}', which stands there twice.")
            wanted[place] = reason(row)
        services.change_blocks(found, by=caller(request), reasons=wanted)
        return done()


def configuration_json(place: Environment, reasons: dict[Any, str]) -> ConfigurationShape:
    """Return the documented shape."""
    why = reasons.get(place.pk)
    return {
        "environmentKey": str(place.key),
        "isBlocked": why is not None,
        "isBlockedChangeReason": why or "",
    }


def reason(row: SentConfigurationShape) -> str:
    """Return why the application shall be kept out; empty where it shall not. Raises ValidationError."""
    is_blocked, why = row["isBlocked"], row.get("isBlockedChangeReason") or ""
    if is_blocked and not why.strip():
        raise ValidationError({"isBlockedChangeReason": "Say why: those who plan a deployment read it."})
    return why if is_blocked else ""
