"""The forms of roles."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django import forms

from infrastructure.models import Environment
from roles.levels import WORDS, RoleLevel
from roles.models import INFRASTRUCTURE_SWITCHES, EnvironmentPermission, Level, Role

PARTS = (
    "level",
    "create_applications",
    "add_system_dependencies",
)  # of a field's name: `<part>_<environment key>`


class RoleForm(forms.Form):
    """The whole role on one page: its names, its three switches, and a level with two switches per environment."""

    name = forms.CharField(max_length=50)
    description = forms.CharField(max_length=500, required=False)
    manage_infrastructure = forms.BooleanField(
        label="Manage Infrastructure and Users",
        required=False,
        help_text="Environments, users, roles, teams and every log. Includes the next one.",
    )
    manage_teams = forms.BooleanField(
        label="Manage Teams and Application Roles",
        required=False,
        help_text="Members and applications of teams, and who holds which role for an application.",
    )
    view_audit_logs = forms.BooleanField(
        label="View Audit Logs", required=False, help_text="Reads every log and changes nothing."
    )

    def __init__(self, *args: Any, environments: Iterable[Environment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.environments = list(environments)
        for environment in self.environments:
            self._add_fields(environment)

    def _add_fields(self, environment: Environment) -> None:
        level = forms.TypedChoiceField(
            label=f"Level in {environment}", choices=Level.choices, coerce=int, initial=Level.NO_ACCESS.value
        )
        level.widget.attrs["aria-label"] = level.label
        self.fields[f"level_{environment.pk}"] = level
        for switch, words in WORDS.items():
            field = forms.BooleanField(label=f"{words} in {environment}", required=False)
            field.widget.attrs["aria-label"] = field.label
            self.fields[f"{switch}_{environment.pk}"] = field

    def rows(self) -> Iterator[tuple[Environment, list[forms.BoundField]]]:
        """Yield each environment with its three fields, for the table of the form."""
        for environment in self.environments:
            yield environment, [self[f"{part}_{environment.pk}"] for part in PARTS]

    def switches(self) -> list[forms.BoundField]:
        """Return the fields of the switches for the whole infrastructure."""
        return [self[name] for name in INFRASTRUCTURE_SWITCHES]

    def clean(self) -> dict[str, Any]:
        """Add `levels`, as the services take them; a row that is faulty already is left out."""
        data = self.cleaned_data
        levels: dict[UUID, RoleLevel] = {}
        for environment in self.environments:
            names = [f"{part}_{environment.pk}" for part in PARTS]
            if all(name in data for name in names):
                levels[environment.pk] = RoleLevel(*(data.pop(name) for name in names))
        return {**data, "levels": levels}


def initial_of(role: Role, levels: Iterable[EnvironmentPermission]) -> dict[str, Any]:
    """Return the role and its levels as the form shows them at first."""
    initial = {name: getattr(role, name) for name in ("name", "description", *INFRASTRUCTURE_SWITCHES)}
    for row in levels:
        initial |= {f"{part}_{row.environment_id}": getattr(row, part) for part in PARTS}
    return initial


class RoleChoice(forms.Form):
    """The role that somebody gets: offered are those that the person may hand out.

    Any role may be sent: the service refuses one above the person's own, on record.
    """

    role = forms.ModelChoiceField(
        Role.objects.all(), help_text="Only roles that are nowhere above your own can be handed out."
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(role.pk, role.name) for role in roles]
        self.fields["role"].widget.choices = [("", "Choose a role"), *offered]
        self.offered = {key for key, _ in offered}

    @property
    def is_offered(self) -> bool:
        """Say whether the role that was chosen is one of those offered; for a form that is valid."""
        return self.cleaned_data["role"].pk in self.offered


class ReplacementForm(forms.Form):
    """Which role the holders of a deleted role get."""

    replacement = forms.ModelChoiceField(
        Role.objects.none(),
        label="Replacement role",
        empty_label="Choose a role",
        help_text="Everybody who holds the role gets this one instead.",
    )

    def __init__(self, *args: Any, roles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["replacement"].queryset = roles  # type: ignore[attr-defined]
