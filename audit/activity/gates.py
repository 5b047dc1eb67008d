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


def fetch(visible: "models.QuerySet[M]", key: UUID | str) -> M:
    """Return the thing with this key from what the user may see. Raises Http404, the same for hidden and absent."""
    try:
        return visible.get(pk=UUID(str(key)))
    except (visible.model.DoesNotExist, ValueError) as error:  # type: ignore[attr-defined]
        raise Http404("Nothing here, or nothing that you may see.") from error


class DenyUndeclared(BasePermission):
    """The default of the API: a view that declares no permission of its own is a mistake, and refused as one."""

    def has_permission(self, request: "Request", view: "APIView") -> bool:  # noqa: ARG002  (the shape of BasePermission)
        """Raise TypeError."""
        raise TypeError(f"{type(view).__name__} declares no permission.")
