"""The forms of applications: what may be entered and chosen. What is right is decided by the services."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import models

from applications.models import Application
from applications.numbers import Suggestion
from applications.rules import environments_to_create_in, movable_by
from applications.states import State
from audit.activity.choosing import NamedChoice
from infrastructure.models import Environment
from roles.forms import RoleChoice
from teams.models import Membership, Team
from users.forms import UserField
from users.models import User


class SearchForm(forms.Form):
    """Looks for applications by a text in their or their team's name, by team, and by the state they are in."""

    text = forms.CharField(label="Application or team", required=False, max_length=100)
    team = NamedChoice(Team.objects.none(), required=False, empty_label="All teams")
    state = forms.ChoiceField(choices=[("", "Any state"), *State.choices], required=False)
    where = forms.TypedChoiceField(label="In environment", required=False, empty_value=None)
    than = forms.TypedChoiceField(label="Compared with", required=False, empty_value=None)

    def __init__(
        self,
        *args: Any,
        listed: "models.QuerySet[Application]",
        environments: Sequence[Environment],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _field(self, "team").queryset = Team.objects.filter(pk__in=listed.values("team")).in_order()
        self.fields["text"].widget.input_type = "search"
        named = {str(environment.pk): environment for environment in environments}
        choices = [(key, str(environment)) for key, environment in named.items()]
        for name, empty in (("where", "Any"), ("than", "Neighbours")):
            field = _field(self, name)
            field.choices, field.coerce = [("", empty), *choices], named.__getitem__

    def clean(self) -> dict[str, Any]:
        """Say which filters mean nothing without another."""
        data = self.cleaned_data
        if data.get("than") and data.get("state") != State.DIFFERS:
            self.add_error("than", f"This goes with the state “{State.DIFFERS.label}”.")
        elif data.get("than") and data["than"] == data.get("where"):
            self.add_error("than", "Choose two different environments.")
        if data.get("where") and not data.get("state"):
            self.add_error("where", "Choose a state to look for there.")
        return data


class DetailsForm(forms.Form):
    """The name and description of an application."""

    name = forms.CharField(max_length=50)
    technology = forms.ChoiceField(label="Kind", choices=Application.Technology.choices)
    description = forms.CharField(max_length=500, required=False, widget=forms.Textarea)


class NewForm(DetailsForm):
    """A new application, in the environments and for the teams where its maker may create one."""

    environment = forms.ModelChoiceField(Environment.objects.none(), empty_label=None)
    team = NamedChoice(Team.objects.none(), required=False, empty_label="No team")

    def __init__(self, *args: Any, maker: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _field(self, "environment").queryset = environments_to_create_in(maker).in_order()
        anywhere = maker.role.levels.filter(create_applications=True).exists()
        memberships = Membership.objects.filter(user=maker, role__levels__create_applications=True)
        teams = Team.objects.all() if anywhere else Team.objects.filter(pk__in=memberships.values("team"))
        _field(self, "team").queryset = teams.in_order()
        self.order_fields(["name", "environment", "team", "technology", "description"])


class TagForm(forms.Form):
    """A version's number, one of those suggested or another, and what is new in it."""

    suggested = forms.ChoiceField(label="Next version", widget=forms.RadioSelect)
    number = forms.CharField(
        label="Another number",
        max_length=11,
        required=False,
        help_text="Such as 1.2 or 1.2.3; it decides if it is filled in.",
    )
    change_log = forms.CharField(label="Description", max_length=2000, required=False, widget=forms.Textarea)

    def __init__(self, *args: Any, suggestions: Sequence[Suggestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = _field(self, "suggested")
        field.choices = [(one.number, f"{one.number}: {one.meaning}") for one in suggestions]
        field.initial = next((one.number for one in suggestions if one.is_usual), None)
        if not suggestions:
            del self.fields["suggested"]

    def clean(self) -> dict[str, Any]:
        """Take the number that was written, else the one that was chosen."""
        data = self.cleaned_data
        chosen = data.pop("suggested", "")
        if data.get("number"):
            self.errors.pop("suggested", None)
        elif chosen:
            data["number"] = chosen
        elif "suggested" not in self.fields:
            self.add_error("number", "Write the number of the version.")
        return data


class BlockForm(forms.Form):
    """Why an application is kept out of an environment."""

    reason = forms.CharField(max_length=500, help_text="Those who plan a deployment read it.")


class HolderFilter(forms.Form):
    """Looks for somebody by a text in their name, username or e-mail."""

    text = forms.CharField(label="Name, username or e-mail", required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.input_type = "search"


class GrantForm(RoleChoice):
    """Who gets which role for the application."""

    user = UserField()
    field_order = ("user", "role")

    def __init__(self, *args: Any, application: Application, granter: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        users = User.objects.active().exclude(is_builtin=True).exclude(pk=granter.pk).in_order()
        _field(self, "user").queryset = users.exclude(application_roles__application=application)


class GrantToUserForm(RoleChoice):
    """For which application somebody gets which role."""

    application = NamedChoice(Application.objects.none(), empty_label="Choose an application")
    field_order = ("application", "role")

    def __init__(self, *args: Any, user: User, granter: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        applications = Application.objects.visible_to(granter).exclude(roles__user=user)
        _field(self, "application").queryset = applications.in_order()


class _Moving(NamedChoice):
    """Applications, each with the team it would leave."""

    def label_from_instance(self, application: Any) -> str:
        """Name both."""
        return f"{application} (leaves {application.team})" if application.team else str(application)


class _Sized(NamedChoice):
    """Teams, each with how many people it has."""

    def label_from_instance(self, team: Any) -> str:
        """Say how many get a say."""
        return f"{team} ({team.people} {'person' if team.people == 1 else 'people'})"


class AddToTeamForm(forms.Form):
    """The application that a team gets."""

    application = _Moving(Application.objects.none(), empty_label="Choose an application")

    def __init__(self, *args: Any, team: Team, adder: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        applications = movable_by(adder).exclude(team=team)
        _field(self, "application").queryset = applications.select_related("team").in_order()


class JoinTeamForm(forms.Form):
    """The team that gets an application."""

    team = _Sized(Team.objects.none(), empty_label="Choose a team")

    def __init__(self, *args: Any, application: Application, adder: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.visible_to(adder).exclude(applications=application)
        _field(self, "team").queryset = teams.with_sizes().in_order()


def _field(form: forms.Form, name: str) -> Any:
    return form.fields[name]
