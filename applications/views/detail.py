"""The page of one application: what runs where, its versions, and what it is."""

from collections.abc import Sequence
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from applications import activities
from applications.matrix import Cell, places
from applications.models import Application, EnvironmentStatus, Version
from applications.rules import free_for, managed_by
from audit.activity.views import EntityDetail
from teams.models import Team

VERSIONS = 10  # per page: each may be described at length


class ApplicationDetail(EntityDetail):
    """One application: what runs where, its versions, and where to find who may do what with it."""

    kind = activities.APPLICATION
    accessed = activities.accessed
    template_name = "applications/detail.html"

    def visible(self) -> "QuerySet[Any]":
        """Ask with the same query what the reader may do: manage its roles and its team, and bring it into a team."""
        reader: Any = self.request.user
        managed = Team.objects.visible_to(reader)
        others = managed.exclude(applications=OuterRef("pk"))
        applications: Any = super().visible()
        return cast(
            "QuerySet[Any]",
            applications.counted().annotate(
                may_grant=_whether(managed_by(reader)),
                may_leave=_whether(Q(team__in=managed)),
                may_join=_whether(free_for(reader) & Exists(others)),
            ),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the places and the versions."""
        application = cast(Application, self.entity)
        listed = [cell for cell in places(application, self.request.user) if cell.is_listed]
        return super().get_context_data(
            places=listed,
            may_edit=any(cell.may_change for cell in listed),
            versions=_versions(application, listed, self.request.GET.get("page")),
            **kwargs,
        )


class _Counted(Paginator[Any]):
    """Pages of what was counted with the application itself."""

    count = 0  # set by whoever knows

    def __init__(self, *args: Any, count: int) -> None:
        super().__init__(*args)
        self.count = count


def _versions(application: Any, listed: Sequence[Cell], page: str | None) -> Page[Any]:
    """Return a page of versions, newest first, each with where it was tagged and where it runs, as far as the reader
    may know, and whether they may delete it: what runs somewhere or is part of a plan stays."""
    places = {cell.environment.pk: cell for cell in listed}
    running = EnvironmentStatus.objects.filter(version=OuterRef("pk"))
    planned = Version.objects.filter(pk=OuterRef("pk"), planned__isnull=False)
    versions = application.versions.select_related("created_by").annotate(
        is_needed=Exists(running) | Exists(planned)
    )
    in_order = versions.order_by("-created_at", "-pk")
    found = _Counted(in_order, VERSIONS, count=application.version_count).get_page(page)
    found.object_list = [_shown(version, places.get(version.environment_id), listed) for version in found]
    return found


def _shown(version: Any, tagged_in: Cell | None, listed: Sequence[Cell]) -> dict[str, Any]:
    return {
        "version": version,
        "environment": tagged_in.environment if tagged_in else None,
        "running_in": [cell for cell in listed if cell.status and cell.status.version_id == version.pk],
        "may_delete": tagged_in is not None and tagged_in.may_change and not version.is_needed,
    }


def _whether(condition: Combinable | Q) -> Any:
    return ExpressionWrapper(condition, BooleanField())
