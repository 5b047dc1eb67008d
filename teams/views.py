"""The pages about teams."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from audit.activity.gates import fetch
from audit.activity.views import EntityDetail, EntityList, EntityStepView, PermissionMixin, StepView
from teams import activities, services
from teams.activities import TEAM
from teams.forms import MemberForm, RoleForm, TeamForm
from teams.models import Membership, Team
from users.models import User


class TeamList(PermissionMixin, EntityList):
    """The teams that one manages."""

    kind = TEAM
    activity = activities.accessed
    template_name = "teams/list.html"

    def get_queryset(self) -> Any:
        """By name, with how many people are in each."""
        return super().get_queryset().with_sizes().in_order()  # type: ignore[attr-defined]


class TeamDetail(EntityDetail):
    """The page of a team."""

    kind = TEAM
    accessed = activities.accessed
    template_name = "teams/detail.html"
    entity: Team

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the members, and of the applications those that the reader may list anyway."""
        members = self.entity.memberships.select_related("user__role", "role").order_by("user__name")
        applications = self.entity.applications.visible_to(self.request.user).in_order()
        return super().get_context_data(members=members, applications=applications, **kwargs)


class CreateTeam(StepView):
    """Create a team."""

    activity = activities.created
    form_class = TeamForm
    heading = "New team"
    submit = "Create team"

    def perform(self, data: dict[str, Any]) -> str:
        """Create, then show it."""
        return TEAM.url(services.create_team(by=self.by, **data).pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back."""
        home = reverse("teams:list")
        return super().get_context_data(crumbs=[("Teams", home)], cancel=home, **kwargs)


class TeamStep(EntityStepView):
    """A step with one team; afterwards its page is shown."""

    kind = TEAM
    entity: Team

    def perform(self, data: dict[str, Any]) -> str:
        """Do it, then show the team."""
        self.act(data)
        return TEAM.url(self.entity.pk)

    def act(self, data: dict[str, Any]) -> None:
        """Call the one service."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back."""
        page = TEAM.url(self.entity.pk)
        crumbs = [("Teams", reverse("teams:list")), (str(self.entity), page)]
        return super().get_context_data(crumbs=crumbs, cancel=page, **kwargs)


class ChangeTeam(TeamStep):
    """Rename or describe a team."""

    activity = activities.updated
    form_class = TeamForm
    heading = "Edit"
    submit = "Save team"
    success_message = "The team is saved."

    def get_initial(self) -> dict[str, Any]:
        """Start from what is stored."""
        return {"name": self.entity.name, "description": self.entity.description}

    def act(self, data: dict[str, Any]) -> None:
        """Save."""
        services.change_team(self.entity, by=self.by, **data)


class DeleteTeam(TeamStep):
    """Delete a team, after saying what that costs."""

    activity = activities.deleted
    form_class = forms.Form
    template_name = "components/confirm.html"
    success_message = "The team is deleted."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Name on the button what goes."""
        super().setup(request, *args, **kwargs)
        self.heading, self.submit = "Delete", f"Delete team {self.entity}"

    def perform(self, data: dict[str, Any]) -> str:  # noqa: ARG002
        """Delete, then show the others."""
        services.delete_team(self.entity, by=self.by)
        return reverse("teams:list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what it costs."""
        people = self.entity.memberships.count()
        losers = "1 person loses" if people == 1 else f"{people} people lose"
        consequences = [
            f"{losers} the role held in this team.",
            "Its applications stay, without a team; those who worked on them through it no longer do.",
        ]
        return super().get_context_data(
            title=f"{self.submit}?", consequences=consequences, tone="danger", **kwargs
        )


class AddMember(TeamStep):
    """Give a user a role in a team."""

    activity = activities.member_added
    form_class = MemberForm
    heading = submit = "Add member"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what this person may hand out in this team."""
        return {**super().get_form_kwargs(), "team": self.entity, "by": self.by}

    def act(self, data: dict[str, Any]) -> None:
        """Add."""
        services.add_member(self.entity, by=self.by, **data)


class MemberStep(TeamStep):
    """A step with a member of a team; who is not in the team has no such page."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the membership."""
        super().setup(request, *args, **kwargs)
        if self.entity is not None:
            self.member: User = fetch(self.entity.members.all(), kwargs["user"])
            self.membership: Membership = self.entity.memberships.get(user=self.member)


class ChangeMemberRole(MemberStep):
    """Give a member another role."""

    activity = activities.member_role_changed
    form_class = RoleForm
    submit = "Change role"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Say whose role it is."""
        super().setup(request, *args, **kwargs)
        self.heading = f"Role of {self.member}"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what this person may hand out in this team."""
        return {**super().get_form_kwargs(), "team": self.entity, "by": self.by}

    def get_initial(self) -> dict[str, Any]:
        """Start from the role held."""
        return {"role": self.membership.role_id}

    def act(self, data: dict[str, Any]) -> None:
        """Change it."""
        services.change_member_role(self.entity, by=self.by, user=self.member, role=data["role"])


class RemoveMember(MemberStep):
    """Take a member's role away, after saying what that costs."""

    activity = activities.member_removed
    form_class = forms.Form
    template_name = "components/confirm.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Name on the button who goes."""
        super().setup(request, *args, **kwargs)
        self.heading, self.submit = f"Remove {self.member}", f"Remove {self.member}"

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002
        """Remove."""
        services.remove_member(self.entity, by=self.by, user=self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what it costs."""
        role = self.membership.role
        consequences = [f"{self.member} loses the role '{role}' here; then the default role decides again."]
        return super().get_context_data(
            title=f"Remove {self.member} from {self.entity}?",
            consequences=consequences,
            tone="danger",
            **kwargs,
        )
