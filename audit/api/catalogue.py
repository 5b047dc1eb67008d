"""What can happen, and who is asking."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from audit.activity import PUBLIC, Activity, activities, kind_of, needs
from audit.activity.permissions import held
from audit.api import described
from audit.api.base import RecordView
from audit.api.events import answered


class Activities(RecordView):
    """The catalogue: everything that can stand on record, as it is declared."""

    @described.ACTIVITIES
    def get(self, request: Request) -> HttpResponse:  # noqa: ARG002
        """Return every activity, by name."""
        return answered({"activities": [entry(one) for _, one in sorted(activities().items())]})


def entry(activity: Activity) -> dict[str, Any]:
    """Return what is declared of an activity."""
    is_public = activity.requires == PUBLIC
    return {
        "name": activity.code,
        "kind": activity.kind.name if activity.kind else None,
        "sentence": activity.sentence.text,
        "permission": None if is_public else activity.requires,
        "permission_words": "" if is_public else needs(activity.requires),
        "is_update": activity.is_update,
        "outcome": activity.outcome,
    }


class Me(RecordView):
    """The caller."""

    @described.ME
    def get(self, request: Request) -> HttpResponse:
        """Return who calls, with which token, and which permissions they hold that ask for no particular thing."""
        caller: Any = request.user
        token: Any = request.auth
        return answered(
            {
                "kind": kind_of(caller).name,
                "key": caller.pk,
                "name": str(caller),
                "username": caller.get_username(),
                "permissions": held(caller),
                "may_read_everything": caller.has_perm("audit.view_all"),
                "token": {"name": token.name, "scopes": token.scopes, "expires_at": token.expires_at}
                if token
                else None,
                "limits": {
                    bucket: {"requests": limit, "seconds": seconds}
                    for bucket, (limit, seconds) in settings.API_LIMITS.items()
                    if bucket in {"read", "export"}
                },
            }
        )
