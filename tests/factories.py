"""The people and things that tests tell of, made as they are in life: through the services."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from audit.activity import Origin, System, originating
from infrastructure.models import Environment
from roles.levels import RoleLevel
from roles.models import Level, Role
from roles.services import create_role
from tests.live import PASSWORD as VISITORS_PASSWORD
from users.models import User
from users.services import create_service_account, create_user

SYSTEM = System("test")
PASSWORD = VISITORS_PASSWORD


def environment(name: str = "Development", **columns: Any) -> Environment:
    """An environment after all others; Development unless it says otherwise."""
    from infrastructure.services import register_environment

    purposes = {"Production": Environment.Purpose.PRODUCTION, "QA": Environment.Purpose.TEST}
    columns.setdefault("purpose", purposes.get(name, Environment.Purpose.DEVELOPMENT))
    return register_environment(by=SYSTEM, name=name, **columns)


def role(name: str, levels: Mapping[Environment, Level | RoleLevel] | None = None, **switches: Any) -> Role:
    """A role with a level (or level and switches) per environment; No Access where it names none."""
    named = {
        place.pk: level if isinstance(level, RoleLevel) else RoleLevel(level)
        for place, level in (levels or {}).items()
    }
    if switches.get("manage_infrastructure"):
        switches.setdefault("manage_teams", True)
    return create_role(by=SYSTEM, name=name, levels=named, **switches)


def administrator_role() -> Role:
    """The built-in role that may do everything."""
    administrator: Role = Role.objects.get(builtin=Role.Builtin.ADMINISTRATOR)
    return administrator


def developer_role() -> Role:
    """The built-in role Developer; in an environment registered by a test it lists applications."""
    developer: Role = Role.objects.get(builtin=Role.Builtin.DEVELOPER)
    return developer


def level_in(role: Role, environment: Environment) -> Level:
    """The role's level there, as stored."""
    return Level(role.levels.get(environment=environment).level)


def person(username: str, role: Role | None = None, *, name: str = "", **columns: Any) -> User:
    """A person, called by their username ("ana.lopes" is Ana Lopes); a developer unless a role is given."""
    columns.setdefault("password", "")
    return create_user(
        by=SYSTEM,
        username=username,
        name=name or username.replace(".", " ").title(),
        role=role or developer_role(),
        **columns,
    )


def administrator(username: str = "ada.admin", **columns: Any) -> User:
    """A person who may do everything."""
    return person(username, administrator_role(), **columns)


def service_account(username: str = "release-bot", role: Role | None = None, *, name: str = "") -> User:
    """A service account; a developer unless a role is given."""
    return create_service_account(
        by=SYSTEM, username=username, name=name or username, role=role or developer_role()
    )


def team(name: str, members: Mapping[User, Role] | None = None) -> Any:
    """A team with its members, each with a role there."""
    from teams.services import add_member, create_team

    made = create_team(by=SYSTEM, name=name)
    for user, held in (members or {}).items():
        add_member(made, by=SYSTEM, user=user, role=held)
    return made


def application(name: str, environment: Environment, **columns: Any) -> Any:
    """An application in an environment."""
    from applications.services import create_application

    return create_application(by=SYSTEM, name=name, environment=environment, **columns)


def failed_sign_ins(times: int, username: str = "", *, address: str) -> None:
    """So many failed sign-ins from the address, half a minute apart: with one username, or with another each time."""
    from users import lockout

    named = User.objects.people().filter(username=username).first()
    began = timezone.now() - timedelta(seconds=31 * times)
    with originating(Origin(channel="browser", ip=address)):
        for time in range(times):
            at = began + timedelta(seconds=31 * (time + 1))
            lockout.begin(username or f"nobody {time}", named, at=at)
