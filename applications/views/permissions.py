"""A page per step that decides who may do what with an application: its roles and its team."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from applications import activities, services
from applications.forms import AddToTeamForm, GrantForm, GrantToUserForm, JoinTeamForm
from applications.models import ApplicationRole
from applications.previews import preview_application_role, preview_team
from applications.services.roles import grantable_roles
from applications.views.steps import ApplicationStep
from audit.activity.views import EntityMixin, EntityStepView
from roles.effects import Preview
from roles.forms import RoleChoice
from roles.granting import grantable
from roles.reviews import CostView, LossReviewedMixin, ReviewedMixin
from teams.activities import TEAM
from users.views.accounts import AnyAccountMixin


class GrantRole(LossReviewedMixin, ApplicationStep):
    """Give somebody a role for the application."""

    activity = activities.role_granted
    form_class = GrantForm
    heading = "Grant role"
    submit = "Grant role"
    success_message = "The role was granted."
    explanation = (
        "For this application the role decides instead of the role held in the team and the default role."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what may be handed out."""
        return {
            **super().get_form_kwargs(),
            "application": self.entity,
            "granter": self.by,
            "roles": grantable_roles(self.entity, self.by),
        }

    def preview(self, data: dict[str, Any]) -> Preview:
        """Rehearse it."""
        return preview_application_role(self.entity, data["user"], data["role"], reader=self.by)

    def act(self, data: dict[str, Any]) -> None:
        """Grant."""
        services.grant_role(self.entity, by=self.by, **data)


class GrantToUser(LossReviewedMixin, AnyAccountMixin, EntityStepView):
    """Give an account a role for an application that is chosen."""

    activity = activities.role_granted
    form_class = GrantToUserForm
    submit = "Grant role"
    explanation = GrantRole.explanation

    @property
    def heading(self) -> str:
        """Say who gets it."""
        return f"Grant {self.entity} a role for an application"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what the granter lists, and what they may hand out anywhere."""
        roles = grantable(self.by.role)
        return {**super().get_form_kwargs(), "user": self.entity, "granter": self.by, "roles": roles}

    def preview(self, data: dict[str, Any]) -> Preview:
        """Rehearse it."""
        return preview_application_role(data["application"], self.entity, data["role"], reader=self.by)

    def act(self, data: dict[str, Any]) -> None:
        """Grant."""
        services.grant_role(data["application"], by=self.by, user=self.entity, role=data["role"])
        self.success_message = f"{self.entity} has the role '{data['role']}' for {data['application']}."


class RoleHeld(EntityMixin):
    """About the role that somebody has for the application; 404 for those who have none."""

    kind = activities.APPLICATION

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the role as well."""
        super().setup(request, *args, **kwargs)
        held = self.entity.roles.select_related("user", "role")
        self.held: ApplicationRole = get_object_or_404(held, user=kwargs["user"])


class ChangeRole(LossReviewedMixin, RoleHeld, EntityStepView):
    """Replace somebody's role for the application."""

    activity = activities.role_changed
    form_class = RoleChoice
    submit = "Change role"
    success_message = "The role was changed."

    @property
    def heading(self) -> str:
        """Say whose role it is."""
        return f"Role of {self.held.user}"

    def shown(self, entity: Any) -> dict[str, Any]:
        """Show the role they have."""
        return {"role": entity.roles.filter(user=self.held.user).values_list("role", flat=True).first()}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what may be handed out."""
        return {**super().get_form_kwargs(), "roles": grantable_roles(self.entity, self.by)}

    def preview(self, data: dict[str, Any]) -> Preview:
        """Rehearse it."""
        return preview_application_role(self.entity, self.held.user, data["role"], reader=self.by)

    def act(self, data: dict[str, Any]) -> None:
        """Change."""
        services.change_role(self.entity, by=self.by, user=self.held.user, role=data["role"])


class RevokeRole(RoleHeld, CostView):
    """Take somebody's role for the application away."""

    activity = activities.role_revoked
    submit = "Revoke role"
    success_message = "The role was revoked."

    @property
    def title(self) -> str:
        """Name the role and its holder."""
        return f"Revoke the role {self.held.role} of {self.held.user}?"

    def preview(self) -> Preview:
        """Rehearse it."""
        return preview_application_role(self.entity, self.held.user, None, reader=self.by)

    def consequences(self) -> list[str]:
        """Say what decides from then on."""
        return [
            f"Then {self.held.user} may do with {self.entity} what the role in the team permits, "
            "or the default role where there is none."
        ]

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Revoke."""
        services.revoke_role(self.entity, by=self.by, user=self.held.user)


class TakeOutOfTeam(CostView):
    """Remove the application from its team; 404 if it is in none."""

    kind = activities.APPLICATION
    activity = activities.taken_out_of_team
    submit = "Remove from team"
    success_message = "The application was removed from the team."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the team as well."""
        super().setup(request, *args, **kwargs)
        if self.entity.team is None:
            raise Http404(f"{self.entity} is in no team.")

    def within(self) -> Any:
        """The permission is about the team."""
        return self.entity.team

    @property
    def title(self) -> str:
        """Name the application and the team."""
        return f"Remove {self.entity} from team {self.entity.team}?"

    def preview(self) -> Preview:
        """Rehearse it."""
        return preview_team(self.entity, None, reader=self.by)

    def consequences(self) -> list[str]:
        """Say what decides from then on."""
        return [
            f"What the people of team {self.entity.team} may do by their role there counts for it no more; "
            "a role for it alone, or their default role, decides."
        ]

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Remove."""
        services.take_out_of_team(self.entity, by=self.by)


class JoinTeam(ReviewedMixin, ApplicationStep):
    """Put the application into a team."""

    activity = activities.put_in_team
    form_class = JoinTeamForm
    heading = submit = "Put in a team"
    success_message = "The application was put in the team."

    @property
    def explanation(self) -> str:
        """Say who gets a say, and who loses theirs."""
        leaving = (
            f" It leaves team {self.entity.team}, whose people keep only their default role."
            if self.entity.team
            else ""
        )
        return (
            "What the people of the team may do with the application follows from their role there, "
            f"instead of their default role.{leaving}"
        )

    def shown(self, entity: Any) -> Mapping[str, Any]:  # noqa: ARG002  (nothing of it is shown)
        """The team is chosen anew; whom that affects is reviewed, and compared with what was reviewed."""
        return {}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the teams that the user manages."""
        return {**super().get_form_kwargs(), "application": self.entity, "adder": self.by}

    def preview(self, data: dict[str, Any]) -> Preview:
        """Rehearse it."""
        return preview_team(self.entity, data["team"], reader=self.by)

    def act(self, data: dict[str, Any]) -> None:
        """Put it there."""
        services.put_in_team(self.entity, by=self.by, team=data["team"])


class PutInTeam(ReviewedMixin, EntityStepView):
    """Add an application to a team."""

    kind = TEAM
    activity = activities.put_in_team
    form_class = AddToTeamForm
    submit = "Add application"
    success_message = "The application was added to the team."

    @property
    def heading(self) -> str:
        """Name the team."""
        return f"Add an application to {self.entity}"

    @property
    def explanation(self) -> str:
        """Say who gets a say, and who loses theirs."""
        people = self.entity.memberships.count()
        whose = "1 person of this team" if people == 1 else f"{people} people of this team"
        return (
            f"What the {whose} may do with the application follows from their role here, instead of their default "
            "role. An application is in at most one team: one that is in another leaves it."
        )

    def subject(self) -> Any:
        """No application is named yet."""
        return None

    def within(self) -> Any:
        """The permission is about the team."""
        return self.entity

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what the user sees and may move."""
        return {**super().get_form_kwargs(), "team": self.entity, "adder": self.by}

    def preview(self, data: dict[str, Any]) -> Preview:
        """Rehearse it."""
        return preview_team(data["application"], self.entity, reader=self.by)

    def act(self, data: dict[str, Any]) -> None:
        """Add."""
        services.put_in_team(data["application"], by=self.by, team=self.entity)
