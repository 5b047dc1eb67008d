"""Registering an environment and saying at once what each role permits there: all of it happens, or nothing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from audit.activity import Actor
from infrastructure import services as infrastructure
from infrastructure.models import Environment
from roles.levels import RoleLevel, level_of
from roles.models import INFRASTRUCTURE_SWITCHES, Role
from roles.services import change_role


def register_environment(*, by: Actor, levels: Mapping[UUID, RoleLevel], **columns: Any) -> Environment:
    """Register an environment with these columns. `levels` by role key; other roles get what every new environment
    gives them. Raises ValidationError; Refused for a level above the actor's own there."""

    def give(environment: Environment, actor: Actor) -> None:
        for role in Role.objects.filter(pk__in=levels).in_order():
            _change_level(role, environment, levels[role.pk], by=actor)

    return infrastructure.register_environment(by=by, then=[give], **columns)


def _change_level(role: Role, environment: Environment, level: RoleLevel, *, by: Actor) -> None:
    if level_of(role.levels.filter(environment=environment).first()) == level:
        return
    switches = {name: getattr(role, name) for name in INFRASTRUCTURE_SWITCHES}
    change_role(
        role,
        by=by,
        name=role.name,
        description=role.description,
        levels={environment.pk: level},
        **switches,
    )
