"""Asking permission for pages and the API: fetching is checking, and the activity names the permission."""

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.db import models
from django.http import Http404
from rest_framework.permissions import BasePermission

if TYPE_CHECKING:  # REST framework's views load this module by its name in the settings
    from rest_framework.request import Request
    from rest_framework.views import APIView

M = TypeVar("M", bound=models.Model)
NOTHING_HERE = "There is nothing here, or nothing that you may see."


def fetch(visible: "models.QuerySet[M]", key: UUID | str) -> M:
    """Return the thing with this key from what the user may see. Raises Http404, the same for hidden and absent."""
    try:
        return visible.get(pk=UUID(str(key)))
    except (visible.model.DoesNotExist, ValueError) as error:  # type: ignore[attr-defined]
        raise Http404(NOTHING_HERE) from error


class DenyUndeclared(BasePermission):
    """Asks the permission that the view declares as `permission` (None: what it fetches and calls decides).

    A view that declares nothing is a mistake, and refused as one.
    """

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        """Say whether the caller holds it. Raises TypeError for a view that declares none."""
        if not hasattr(view, "permission"):
            raise TypeError(f"{type(view).__name__} declares no permission.")
        return view.permission is None or bool(request.user.has_perm(view.permission))
