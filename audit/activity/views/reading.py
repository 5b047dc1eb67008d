"""Views of pages that are read: a list, a thing."""

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.generic import DetailView, ListView

from audit.activity.declaration import Activity
from audit.activity.gates import fetch
from audit.activity.kinds import Kind


class PermissionMixin:
    """For pages behind a permission that is about no particular thing: without it, 403 and a refusal on record."""

    activity: Activity  # what opening or sending this page would do

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask the permission before anything else happens."""
        self.activity.ask(None, by=request.user)  # type: ignore[arg-type]
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class EntityMixin:
    """For pages of one thing: `entity` comes from what the user may see, so hidden and absent are both 404."""

    kind: Kind
    request: HttpRequest
    kwargs: dict[str, Any]
    entity: Any

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the thing the address names. Raises Http404."""
        super().setup(request, *args, **kwargs)  # type: ignore[misc]
        self.entity = fetch(self.visible(), kwargs["key"])

    def visible(self) -> "models.QuerySet[Any]":
        """Return what the user may see; a page that wants to know more of the thing annotates it here."""
        return self.kind.visible(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the thing as `entity` and its kind."""
        context: dict[str, Any] = super().get_context_data(entity=self.entity, kind=self.kind, **kwargs)  # type: ignore[misc]
        return context


class EntityDetail(EntityMixin, DetailView[Any]):
    """The page of a thing. Opening it is an event (`accessed`)."""

    accessed: Activity
    context_object_name = (
        "entity"  # Django would name it after the model, and a page of a user hide who reads it
    )

    def get_object(self, queryset: "models.QuerySet[Any] | None" = None) -> Any:  # noqa: ARG002
        """Return the thing fetched."""
        return self.entity

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record the reading, then show."""
        self.accessed.record(self.entity, by=request.user)  # type: ignore[arg-type]
        return super().get(request, *args, **kwargs)


class EntityList(ListView[Any]):
    """A list of what the user may see of a kind."""

    kind: Kind
    paginate_by: int | None = 100

    def get_queryset(self) -> "models.QuerySet[Any]":
        """Start from what the user may see."""
        return self.kind.visible(self.request.user)
