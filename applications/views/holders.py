"""The page that says who may do what with an application, and by which role."""

from typing import Any

from django.db.models import QuerySet
from django.views.generic import ListView

from applications import activities
from applications.forms import HolderFilter
from applications.holders import described, holders_of
from applications.models import Application
from applications.rules import managing_role
from audit.activity.views import EntityMixin
from infrastructure.models import Environment

PEOPLE = 50  # per page
COLUMNS = 12  # environments; more make a table that nobody reads, and a page that grows with them


class Permissions(EntityMixin, ListView[Any]):
    """Whoever lists the application sees the roles held for it alone; whoever manages its team, the team's people as
    well; whoever manages users, everybody. Levels are shown to those who hand out roles here."""

    kind = activities.APPLICATION
    template_name = "applications/permissions.html"
    paginate_by = PEOPLE
    entity: Application

    def get_queryset(self) -> "QuerySet[Any]":
        """Find the people, by a text if one is given."""
        reader: Any = self.request.user
        self.manages_users = reader.has_perm("users.manage")
        team = self.entity.team
        self.manages_team = team is not None and reader.has_perm("teams.manage", team)
        people: Any = holders_of(
            self.entity, team if self.manages_team else None, everybody=self.manages_users
        )
        self.form = HolderFilter(self.request.GET or None)
        if self.form.is_valid() and (text := self.form.cleaned_data["text"]):
            people = people.matching(text)
        return people  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the levels, where the reader may know them."""
        context = super().get_context_data(**kwargs)
        may_grant = managing_role(self.request.user, self.entity) is not None
        seen = Environment.objects.visible_to(self.request.user).in_order()
        environments = list(seen[:COLUMNS]) if may_grant else []
        return {
            **context,
            "environments": environments,
            "holders": described(context["object_list"], self.entity, environments),
            "form": self.form,
            "is_filtered": self.form.is_valid() and any(self.form.cleaned_data.values()),
            "may_grant": may_grant,
            "manages_team": self.manages_team,
            "manages_users": self.manages_users,
        }
