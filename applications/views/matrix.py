"""The page of all applications: the matrix."""

from typing import Any

from django.db.models import Q, QuerySet

from applications import activities
from applications.forms import SearchForm
from applications.matrix import rows, rows_of_a_page
from applications.rules import environments_seen, lists_anywhere
from applications.states import in_state
from audit.activity.views import EntityList
from infrastructure.models import Environment
from teams.models import Team


class ApplicationList(EntityList):
    """Applications in rows, environments in columns; only what the reader may see."""

    kind = activities.APPLICATION
    template_name = "applications/list.html"

    def get_queryset(self) -> "QuerySet[Any]":
        """Filter; a filter that cannot be read filters nothing, and is complained of."""
        applications: Any = super().get_queryset()
        self.environments = list(environments_seen(self.request.user))
        self.form = SearchForm(self.request.GET or None, listed=applications, environments=self.environments)
        if self.form.is_valid():
            applications = self._found(applications, **self.form.cleaned_data)
        return applications.in_order()  # type: ignore[no-any-return]

    def get_paginate_by(self, queryset: "QuerySet[Any]") -> int:  # noqa: ARG002  (its size does not matter)
        """As many as make a page of bounded size."""
        return rows_of_a_page(len(self.environments))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the matrix."""
        context = super().get_context_data(**kwargs)
        found = rows(list(context["object_list"]), self.environments, self.request.user)
        return {
            **context,
            "environments": self.environments,
            "rows": found,
            "form": self.form,
            "is_filtered": self.form.is_valid() and any(self.form.cleaned_data.values()),
            "can_create": any(environment.may_create for environment in self.environments),
            "lists_anywhere": bool(found) or lists_anywhere(self.request.user),
        }

    def _found(
        self,
        applications: Any,
        text: str,
        team: Team | None,
        state: str,
        where: Environment | None,
        than: Environment | None,
    ) -> Any:
        if text:
            applications = applications.filter(Q(name__icontains=text) | Q(team__name__icontains=text))
        if team:
            applications = applications.filter(team=team)
        if state:
            found = in_state(state, self.request.user, self.environments, where, than)
            applications = applications.filter(found)
        return applications
