"""The pages about teams."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from audit.activity.views import (
    CreationView,
    EntityDetail,
    EntityList,
    EntityMixin,
    EntityStepView,
    PermissionMixin,
)
from roles.effects import Preview
from roles.forms import RoleChoice
from roles.granting import grantable
from roles.reviews import CostView, LossReviewedMixin
from teams import activities, previews, services
from teams.activities import TEAM
from teams.forms import MemberFilter, MemberForm, TeamForm, TeamRoleForm
from teams.models import Membership, Team
from users.models import User
from users.views.accounts import AnyAccountMixin

MEMBERS = 25  # per page
APPLICATIONS = 25  # shown; the others are in the list of applications


class TeamList(PermissionMixin, EntityList):
    """The teams that one manages."""

    kind = TEAM
    activity = activities.accessed
    template_name = "teams/list.html"
    paginate_by = 50

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
        found = MemberFilter(self.request.GET)
        members = found.filtered(self.entity.memberships.select_related("user__role", "role"))
        page = Paginator(members.order_by(Lower("user__name"), "pk"), MEMBERS)
        applications = self.entity.applications.visible_to(self.request.user).in_order()
        first = list(applications[: APPLICATIONS + 1])
        return super().get_context_data(
            filter=found,
            page_obj=page.get_page(self.request.GET.get("page")),
            applications=first[:APPLICATIONS],
            has_more_applications=len(first) > APPLICATIONS,
            **kwargs,
        )


class CreateTeam(CreationView):
    """Create a team."""

    kind = TEAM
    activity = activities.created
    form_class = TeamForm
    heading = "New team"
    submit = "Create team"
    success_message = "The team is created."

    def perform(self, data: dict[str, Any]) -> str:
        """Create, then show it."""
        return TEAM.url(services.create_team(by=self.by, **data).pk)


class TeamMixin(EntityMixin):
    """For pages of one team."""

    kind = TEAM
    entity: Team


class TeamStep(TeamMixin, EntityStepView):
    """A step with one team; afterwards its page is shown."""


class ChangeTeam(TeamStep):
    """Rename or describe a team."""

    activity = activities.updated
    form_class = TeamForm
    heading = "Edit team"
    submit = "Save team"
    success_message = "The team is saved."

    def act(self, data: dict[str, Any]) -> None:
        """Save."""
        services.change_team(self.entity, by=self.by, **data)


class DeleteTeam(TeamMixin, CostView):
    """Delete a team, after saying what that costs."""

    activity = activities.deleted
    success_message = "The team is deleted."

    @property
    def submit(self) -> str:
        """Name what goes."""
        return f"Delete team {self.entity}"

    def perform(self, data: dict[str, Any]) -> str:  # noqa: ARG002  (the form asks nothing)
        """Delete, then show the others."""
        services.delete_team(self.entity, by=self.by)
        return self.kind.list_url

    def preview(self) -> Preview:
        """Rehearse it."""
        return previews.preview_deletion(self.entity, reader=self.by)

    def consequences(self) -> list[str]:
        """Say who loses what."""
        people = self.entity.memberships.count()
        losers = "1 person loses" if people == 1 else f"{people} people lose"
        return [
            f"{losers} the role held in this team.",
            "Its applications stay, without a team; those who worked on them through it no longer do.",
        ]


class AddMember(LossReviewedMixin, TeamStep):
    """Give a user a role in a team."""

    activity = activities.member_added
    form_class = MemberForm
    heading = submit = "Add member"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what this person may hand out in this team."""
        roles = services.grantable_roles(self.entity, self.by)
        return {**super().get_form_kwargs(), "team": self.entity, "roles": roles}

    def preview(self, data: dict[str, Any]) -> Preview:
        """Rehearse it."""
        return previews.preview_member(self.entity, data["user"], data["role"], reader=self.by)

    def act(self, data: dict[str, Any]) -> None:
        """Add."""
        services.add_member(self.entity, by=self.by, **data)


class AddToTeam(LossReviewedMixin, AnyAccountMixin, EntityStepView):
    """Give an account a role in a team that is chosen."""

    activity = activities.member_added
    form_class = TeamRoleForm
    submit = "Add to team"

    @property
    def heading(self) -> str:
        """Say who joins."""
        return f"Add {self.entity} to a team"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the teams that they are not in, and what may be handed out in any."""
        roles = grantable(self.by.role)
        return {**super().get_form_kwargs(), "user": self.entity, "adder": self.by, "roles": roles}

    def preview(self, data: dict[str, Any]) -> Preview:
        """Rehearse it."""
        return previews.preview_member(data["team"], self.entity, data["role"], reader=self.by)

    def act(self, data: dict[str, Any]) -> None:
        """Add."""
        services.add_member(data["team"], by=self.by, user=self.entity, role=data["role"])
        self.success_message = f"{self.entity} has the role '{data['role']}' in {data['team']}."


class MemberMixin(TeamMixin):
    """For pages of a member of a team; who is not in the team has no such page."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the membership."""
        super().setup(request, *args, **kwargs)
        held = self.entity.memberships.select_related("user", "role")
        self.membership: Membership = get_object_or_404(held, user=kwargs["user"])
        self.member: User = self.membership.user


class ChangeMemberRole(LossReviewedMixin, MemberMixin, TeamStep):
    """Give a member another role."""

    activity = activities.member_role_changed
    form_class = RoleChoice
    submit = "Change role"
    success_message = "The role was changed."

    @property
    def heading(self) -> str:
        """Say whose role it is."""
        return f"Role of {self.member}"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what this person may hand out in this team."""
        return {**super().get_form_kwargs(), "roles": services.grantable_roles(self.entity, self.by)}

    def shown(self, entity: Team) -> dict[str, Any]:
        """Show the role held."""
        return {"role": entity.memberships.filter(user=self.member).values_list("role", flat=True).first()}

    def preview(self, data: dict[str, Any]) -> Preview:
        """Rehearse it."""
        return previews.preview_member(self.entity, self.member, data["role"], reader=self.by)

    def act(self, data: dict[str, Any]) -> None:
        """Change it."""
        services.change_member_role(self.entity, by=self.by, user=self.member, role=data["role"])


class RemoveMember(MemberMixin, CostView):
    """Take a member's role away, after saying what that costs."""

    activity = activities.member_removed

    @property
    def submit(self) -> str:
        """Name who goes."""
        return f"Remove {self.member}"

    @property
    def title(self) -> str:
        """Name the team as well."""
        return f"Remove {self.member} from {self.entity}?"

    def preview(self) -> Preview:
        """Rehearse it."""
        return previews.preview_member(
            self.entity, self.member, None, reader=self.by, membership=self.membership
        )

    def consequences(self) -> list[str]:
        """Say what it costs."""
        role = self.membership.role
        return [f"{self.member} loses the role '{role}' here; then the default role decides again."]

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Remove."""
        services.remove_member(self.entity, by=self.by, user=self.member)
