"""What the pages about teams ask for. What is right decides the service."""

from typing import Any

from django import forms

from audit.activity import Actor
from roles.models import Role
from teams.models import Team
from teams.services import grantable_roles
from users.models import User


class TeamForm(forms.Form):
    """What is known of a team."""

    name = forms.CharField(max_length=50)
    description = forms.CharField(max_length=500, required=False, help_text="What it looks after.")


class RoleForm(forms.Form):
    """A role in a team: offered are those that the person may hand out; of others the service says why not."""

    role = forms.ModelChoiceField(
        Role.objects.all(), help_text="It decides over the team's applications instead of the default role."
    )

    def __init__(self, *args: Any, team: Team, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(role.pk, role.name) for role in grantable_roles(team, by)]
        self.fields["role"].widget.choices = [("", "Choose a role"), *offered]


class MemberForm(RoleForm):
    """A new member and the role they get."""

    user = forms.ModelChoiceField(User.objects.all(), label="User")
    field_order = ("user", "role")

    def __init__(self, *args: Any, team: Team, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, team=team, by=by, **kwargs)
        candidates = User.objects.active().filter(is_builtin=False).exclude(teams=team).in_order()
        offered = [(user.pk, f"{user.name} ({user.username})") for user in candidates]
        self.fields["user"].widget.choices = [("", "Choose a user"), *offered]
