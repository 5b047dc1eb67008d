"""The forms of applications: what may be entered and chosen. What is right is decided by the services."""

from typing import Any

from django import forms
from django.db import models

from applications.models import Application
from applications.rules import environments_to_create_in, movable_by
from infrastructure.choosing import NamedChoice
from infrastructure.models import Environment
from roles.forms import RoleChoice
from teams.models import Membership, Team
from users.forms import UserField
from users.models import User


class SearchForm(forms.Form):
    """Looks for applications by a text in their or their team's name, and by team."""

    text = forms.CharField(label="Application or team", required=False, max_length=100)
    team = NamedChoice(Team.objects.none(), required=False, empty_label="All teams")

    def __init__(self, *args: Any, listed: "models.QuerySet[Application]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.filter(pk__in=listed.values("team")).in_order()
        _field(self, "team").queryset = teams
        self.fields["text"].widget.attrs["type"] = "search"


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
    """A version's number and what is new in it."""

    number = forms.CharField(label="Version", max_length=11, help_text="Such as 1.2 or 1.2.3.")
    change_log = forms.CharField(label="Description", max_length=2000, required=False, widget=forms.Textarea)


class BlockForm(forms.Form):
    """Why an application is kept out of an environment."""

    reason = forms.CharField(max_length=500, help_text="Those who plan a deployment read it.")


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


class AddToTeamForm(forms.Form):
    """The application that a team gets."""

    application = NamedChoice(Application.objects.none(), empty_label="Choose an application")

    def __init__(self, *args: Any, team: Team, adder: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        applications = movable_by(adder).exclude(team=team)
        _field(self, "application").queryset = applications.in_order()


def _field(form: forms.Form, name: str) -> Any:
    return form.fields[name]
