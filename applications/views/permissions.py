"""A page per step that decides who may do what with an application: its roles and its team."""

from typing import Any, cast

from django import forms
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from applications import activities, services
from applications.forms import AddToTeamForm, GrantForm, RoleForm
from applications.services.roles import grantable_roles
from applications.views.steps import ApplicationStep
from audit.activity.views import EntityStepView
from teams.activities import TEAM
from teams.models import Team
from users.models import User


class GrantRole(ApplicationStep):
    """Give somebody a role for the application."""

    activity = activities.role_granted
    form_class = GrantForm
    heading = "Grant a role"
    submit = "Grant role"
    success_message = "The role was granted."
    explanation = (
        "For this application the role decides instead of the role held in the team and the default role."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what may be handed out."""
        user, application = self.user, self.application
        roles = grantable_roles(application, user)
        return {
            **super().get_form_kwargs(),
            "application": application,
            "granter": user,
            "grantable": roles,
        }

    def act(self, data: dict[str, Any]) -> None:
        """Grant."""
        services.grant_role(self.application, by=self.user, **data)


class RoleStep(ApplicationStep):
    """A form about the role that somebody has for the application; 404 for those who have none."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the role as well."""
        super().setup(request, *args, **kwargs)
        if self.entity is not None:
            held = self.application.roles.select_related("user", "role")
            self.held = get_object_or_404(held, user=self.kwargs["user"])
            self.heading = f"Role of {self.held.user}"


class ChangeRole(RoleStep):
    """Replace somebody's role for the application."""

    activity = activities.role_changed
    form_class = RoleForm
    submit = "Save role"
    success_message = "The role was changed."

    def get_initial(self) -> dict[str, Any]:
        """Show the role they have."""
        return {"role": self.held.role_id}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what may be handed out."""
        roles = grantable_roles(self.application, self.user)
        return {**super().get_form_kwargs(), "grantable": roles}

    def act(self, data: dict[str, Any]) -> None:
        """Change."""
        services.change_role(self.application, by=self.user, user=self.held.user, role=data["role"])


class RevokeRole(RoleStep):
    """Take somebody's role for the application away."""

    activity = activities.role_revoked
    form_class = forms.Form
    template_name = "applications/confirm.html"
    submit = "Revoke role"
    success_message = "The role was revoked."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask, and say what decides from then on."""
        return super().get_context_data(
            title=f"Revoke the role {self.held.role} of {self.held.user}?",
            consequences=[
                f"Then {self.held.user} may do with {self.application} what the role in the team permits, "
                "or the default role where there is none."
            ],
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Revoke."""
        services.revoke_role(self.application, by=self.user, user=self.held.user)


class TakeOutOfTeam(ApplicationStep):
    """Remove the application from its team; 404 if it is in none."""

    activity = activities.taken_out_of_team
    form_class = forms.Form
    template_name = "applications/confirm.html"
    submit = "Remove from team"
    success_message = "The application was removed from the team."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the team as well."""
        super().setup(request, *args, **kwargs)
        if self.entity is not None and self.application.team is None:
            raise Http404(f"{self.application} is in no team.")

    def within(self) -> Any:
        """The permission is about the team."""
        return self.application.team

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask, and say whom it concerns."""
        team = self.within()
        people = team.memberships.count()
        return super().get_context_data(
            title=f"Remove {self.application} from team {team}?",
            consequences=[
                f"{people} {'person has' if people == 1 else 'people have'} a role in this team; "
                "it decides nothing about this application any more."
            ],
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Remove."""
        services.take_out_of_team(self.application, by=self.user)


class PutInTeam(EntityStepView):
    """Add an application to a team."""

    kind = TEAM
    activity = activities.put_in_team
    form_class = AddToTeamForm
    submit = "Add application"
    success_message = "The application was added to the team."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Name the team."""
        super().setup(request, *args, **kwargs)
        self.heading = f"Add an application to {self.entity}"

    @property
    def team(self) -> Team:
        """The team that the address names."""
        return cast(Team, self.entity)

    def subject(self) -> Any:
        """No application is named yet."""
        return None

    def within(self) -> Any:
        """The permission is about the team."""
        return self.team

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what the user sees and may move."""
        return {**super().get_form_kwargs(), "team": self.team, "adder": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back."""
        page = self.kind.url(self.team.pk)
        return super().get_context_data(
            cancel=page,
            crumbs=[("Teams", reverse("teams:list")), (self.team, page)],
            explanation="An application is in at most one team: one that is in another leaves it.",
            **kwargs,
        )

    def perform(self, data: dict[str, Any]) -> str:
        """Add, then show the team."""
        services.put_in_team(data["application"], by=cast(User, self.request.user), team=self.team)
        return self.kind.url(self.team.pk)
