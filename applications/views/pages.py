"""The pages one reads: the matrix of applications, and one application."""

from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet

from applications import activities
from applications.forms import SearchForm
from applications.matrix import rows
from applications.models import Application, EnvironmentStatus, environments_of
from audit.activity.views import EntityDetail, EntityList
from infrastructure.models import Environment
from roles.models import Level
from teams.models import Team

VERSIONS = 25  # per page


class ApplicationList(EntityList):
    """Applications in rows, environments in columns; only what the reader may see."""

    kind = activities.APPLICATION
    template_name = "applications/list.html"

    def get_queryset(self) -> "QuerySet[Any]":
        """Filter by text and team; a filter that cannot be read filters nothing, and is complained of."""
        applications: Any = super().get_queryset()
        self.form = SearchForm(self.request.GET or None, listed=applications)
        if self.form.is_valid():
            applications = _found(applications, **self.form.cleaned_data)
        return applications.select_related("team").prefetch_related("blocks").in_order()  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the matrix."""
        context = super().get_context_data(**kwargs)
        environments = list(Environment.objects.visible_to(self.request.user).in_order())
        return {
            **context,
            "environments": environments,
            "rows": rows(list(context["object_list"]), environments, self.request.user),
            "form": self.form,
            "is_filtered": self.form.is_valid() and any(self.form.cleaned_data.values()),
        }


class ApplicationDetail(EntityDetail):
    """One application: what runs where, its versions, who may do what with it."""

    kind = activities.APPLICATION
    accessed = activities.accessed
    template_name = "applications/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the places, the versions and the people."""
        application, reader = cast(Application, self.entity), self.request.user
        listed = list(environments_of(application, reader, Level.LIST).in_order())
        team = application.team if _manages(reader, application) else None
        return super().get_context_data(
            places=_places(application, listed),
            versions=_versions(application, listed, self.request.GET.get("page")),
            roles=application.roles.select_related("user", "role").order_by("user__name"),
            managed_team=team,
            members=team.memberships.select_related("user", "role").order_by("user__name") if team else [],
            reader_manages_users=reader.has_perm("users.manage"),
            **kwargs,
        )


def _found(applications: Any, text: str, team: Team | None) -> Any:
    if text:
        applications = applications.filter(Q(name__icontains=text) | Q(team__name__icontains=text))
    return applications.filter(team=team) if team else applications


def _manages(reader: Any, application: Application) -> bool:
    return application.team is not None and reader.has_perm("teams.manage", application.team)


def _places(application: Application, listed: list[Any]) -> list[dict[str, Any]]:
    statuses = {
        status.environment_id: status
        for status in EnvironmentStatus.objects.filter(application=application).select_related(
            "version", "changed_by"
        )
    }
    blocks = {block.environment_id: block for block in application.blocks.all()}
    return [
        {
            "environment": environment,
            "status": statuses.get(environment.pk),
            "block": blocks.get(environment.pk),
            "may_change": _may_change(environment),
        }
        for environment in listed
    ]


def _versions(application: Application, listed: list[Any], page: str | None) -> Page[Any]:
    """Return a page of versions, newest first, each with where it was tagged, if the reader may know, and whether they
    may delete it."""
    places = {environment.pk: environment for environment in listed}
    versions = application.versions.select_related("created_by").annotate(
        is_running=Exists(EnvironmentStatus.objects.filter(version=OuterRef("pk")))
    )
    found: Page[Any] = Paginator(versions.order_by("-created_at", "-pk"), VERSIONS).get_page(page)
    found.object_list = [
        {
            "version": version,
            "environment": places.get(version.environment_id),
            "may_delete": not version.is_running and _may_change(places.get(version.environment_id)),
        }
        for version in found
    ]
    return found


def _may_change(environment: Any) -> bool:
    return environment is not None and environment.effective_level >= Level.CHANGE_AND_DEPLOY
