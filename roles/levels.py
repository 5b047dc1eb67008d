"""The level and the two switches of a role in an environment, as they are and as somebody wants them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError

from infrastructure.models import Environment
from roles.models import ENVIRONMENT_SWITCHES, EnvironmentPermission, Level, Role

# switch -> the lowest level with which it can be on (lifetime.md, 1b); constraints of the table say the same
LEAST = {"create_applications": Level.CHANGE_AND_DEPLOY, "add_system_dependencies": Level.ACCESS}
WORDS = {
    "create_applications": "Create Applications",
    "add_system_dependencies": "Add Dependencies to System",
}


@dataclass(frozen=True, slots=True)
class RoleLevel:
    """What a role permits in one environment."""

    level: int = Level.NO_ACCESS
    create_applications: bool = False
    add_system_dependencies: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row as it shall be, and what it was."""

    row: EnvironmentPermission
    before: RoleLevel

    @property
    def is_changed(self) -> bool:
        """Say whether there is anything to save."""
        return level_of(self.row) != self.before

    def changed_switches(self) -> Iterator[tuple[str, bool, bool]]:
        """Yield (words, old, new) for each switch that differs."""
        for switch in ENVIRONMENT_SWITCHES:
            old, new = getattr(self.before, switch), getattr(self.row, switch)
            if old != new:
                yield WORDS[switch], old, new

    def save(self) -> None:
        """Write the row."""
        self.row.save()


def level_of(row: EnvironmentPermission | None) -> RoleLevel:
    """Return what a row permits; a missing row permits nothing."""
    if row is None:
        return RoleLevel()
    return RoleLevel(row.level, row.create_applications, row.add_system_dependencies)


def wanted_levels(
    role: Role,
    levels: Mapping[UUID, RoleLevel],
    environments: Sequence[Environment] | None = None,
    stored: Sequence[EnvironmentPermission] | None = None,
) -> list[Wanted]:
    """Return a row per environment, in order: as `levels` says, or as it is. Raises ValidationError.

    `environments` are all there are, and `stored` what the role permits there, where they are known already.
    """
    known = stored if stored is not None else [] if role._state.adding else role.levels.all()
    rows = {row.environment_id: copy(row) for row in known}
    places = list(Environment.objects.in_order()) if environments is None else environments
    _check(levels, {environment.pk: environment for environment in places})
    wanted = []
    for environment in places:
        row = rows.get(environment.pk) or EnvironmentPermission(role=role)
        before = level_of(row)
        new = levels.get(environment.pk, before)
        row.environment = environment
        row.level = new.level
        row.create_applications = new.create_applications
        row.add_system_dependencies = new.add_system_dependencies
        wanted.append(Wanted(row, before))
    return wanted


def put_levels(rows: Iterable[EnvironmentPermission]) -> None:
    """Write rows at once, each over the one that stands for its role and environment, if there is one."""
    fields = ["level", *ENVIRONMENT_SWITCHES]
    written = [
        EnvironmentPermission(
            role_id=row.role_id,
            environment_id=row.environment_id,
            **{name: getattr(row, name) for name in fields},
        )
        for row in rows
    ]
    EnvironmentPermission.objects.bulk_create(
        written, update_conflicts=True, unique_fields=["role", "environment"], update_fields=fields
    )


def _check(levels: Mapping[UUID, RoleLevel], environments: Mapping[UUID, Environment]) -> None:
    faults: dict[str, str] = {}
    for key, level in levels.items():
        if key not in environments:
            faults["levels"] = f"There is no environment with the key {key} (any more)."
            continue
        if level.level not in Level.values:
            faults[f"level_{key}"] = f"Choose a level from {min(Level.values)} to {max(Level.values)}."
            continue
        for switch, least in LEAST.items():
            if getattr(level, switch) and level.level < least:
                faults[f"{switch}_{key}"] = (
                    f"'{WORDS[switch]}' in {environments[key]} needs '{least.label}' or higher."
                )
    if faults:
        raise ValidationError(faults)
