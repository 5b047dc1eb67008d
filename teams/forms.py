"""What the pages about teams ask for. What is right decides the service."""

from typing import Any

from django import forms

from audit.activity.choosing import NamedChoice
from roles.forms import RoleChoice
from teams.models import Team
from users.forms import UserField
from users.models import User


class TeamForm(forms.Form):
    """What is known of a team."""

    name = forms.CharField(max_length=50)
    description = forms.CharField(max_length=500, required=False, help_text="What it looks after.")


class MemberFilter(forms.Form):
    """Which members the page of a team shows."""

    text = forms.CharField(label="Name, username or e-mail", max_length=100, required=False)
    status = forms.ChoiceField(
        choices=[("", "All"), ("active", "Active"), ("inactive", "Inactive")], required=False
    )

    def filtered(self, members: Any) -> Any:
        """Keep what matches; nothing if a filter cannot be understood."""
        if not self.is_valid():
            return members.none()
        text, status = self.cleaned_data["text"], self.cleaned_data["status"]
        if status:
            members = members.filter(user__is_active=status == "active")
        return members.filter(user__in=User.objects.matching(text)) if text else members


class MemberForm(RoleChoice):
    """A new member and the role they get."""

    user = UserField()
    field_order = ("user", "role")

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        candidates = User.objects.active().filter(is_builtin=False).exclude(teams=team).in_order()
        self.fields["user"].queryset = candidates  # type: ignore[attr-defined]


class TeamRoleForm(RoleChoice):
    """The team that somebody joins and the role they get there."""

    team = NamedChoice(Team.objects.none(), empty_label="Choose a team")
    field_order = ("team", "role")

    def __init__(self, *args: Any, user: User, adder: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.visible_to(adder).exclude(members=user).in_order()
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
