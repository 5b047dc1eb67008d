"""What the demo begins with: environments, roles, people, teams, applications and service accounts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import applications.services
import infrastructure.services
import roles.services
import teams.services
import users.services
from applications.models import Application
from audit.activity import System
from auditconsole.landscape import cast
from auditconsole.landscape.clock import Clock
from infrastructure.models import Environment
from roles.models import Level, Role
from roles.services import RoleLevel
from teams.models import Team
from users.models import User

INSTALLATION = System("installation")
Act = Callable[[], object]


@dataclass
class Scene:
    """Everything of the demo by name, for those who let it live."""

    clock: Clock
    environments: list[Environment] = field(default_factory=list)
    roles: dict[str, Role] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    accounts: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    token: str = ""

    @property
    def chief(self) -> User:
        """The infrastructure manager who set everything up."""
        return self.people["ingrid.holm"]

    def desk(self, person: User) -> str:
        """The address a person works from, always the same; that of the build server for a program."""
        names = [somebody.username for somebody in cast.PEOPLE]
        return f"10.20.4.{10 + names.index(person.username)}" if person.username in names else "10.20.9.2"


def lay(clock: Clock, first_day: datetime) -> Scene:
    """Build the beginning, one step each morning from `first_day` on."""
    scene = Scene(clock)
    with clock.at(first_day - timedelta(hours=1), channel="command"):
        _first_person(scene)
    for day, step in enumerate((_environments, _roles, _people, _teams, _applications, _accounts)):
        for position, act in enumerate(step(scene)):
            moment = first_day + timedelta(days=day, minutes=4 * position)
            with clock.at(moment, ip=scene.desk(scene.chief)):
                act()
    return scene


def _first_person(scene: Scene) -> None:
    scene.roles = {role.name: role for role in Role.objects.all()}
    _join(scene, cast.PEOPLE[0], INSTALLATION)


def _join(scene: Scene, person: cast.Person, by: User | System) -> None:
    signs_in = any(person.username == username for username, _ in cast.SIGN_INS)
    scene.people[person.username] = users.services.create_user(
        by=by,
        username=person.username,
        name=person.name,
        email=f"{person.username}@wander.example",
        role=scene.roles[person.role],
        password=cast.PASSWORD if signs_in else "",
        time_zone=person.time_zone,
    )


def _environments(scene: Scene) -> Iterator[Act]:
    for name, purpose, address, two_stage in cast.ENVIRONMENTS:
        yield partial(_register, scene, name, purpose, address, two_stage)


def _register(scene: Scene, name: str, purpose: str, address: str, two_stage: bool) -> None:
    environment = infrastructure.services.register_environment(
        by=scene.chief, name=name, purpose=purpose, address=address, two_stage=two_stage
    )
    scene.environments.append(environment)


def _roles(scene: Scene) -> Iterator[Act]:
    for name, description, switches, levels in cast.ROLES:
        yield partial(_define, scene, name, description, switches, levels)


def _define(
    scene: Scene, name: str, description: str, switches: tuple[str, ...], levels: tuple[Level, ...]
) -> None:
    wanted = {
        environment.key: RoleLevel(level, create_applications=level >= Level.CHANGE_AND_DEPLOY)
        for environment, level in zip(scene.environments, levels, strict=True)
    }
    role = scene.roles.get(name)
    if role is None:
        role = scene.roles[name] = roles.services.create_role(by=scene.chief, name=name)
    roles.services.change_role(
        role,
        by=scene.chief,
        name=name,
        description=description,
        levels=wanted,
        manage_infrastructure=False,
        manage_teams="manage_teams" in switches,
        view_audit_logs="view_audit_logs" in switches,
    )


def _people(scene: Scene) -> Iterator[Act]:
    for person in cast.PEOPLE[1:]:
        yield partial(_join, scene, person, scene.chief)


def _teams(scene: Scene) -> Iterator[Act]:
    for name, description in cast.TEAMS:
        yield partial(_found, scene, name, description)


def _found(scene: Scene, name: str, description: str) -> None:
    team = teams.services.create_team(by=scene.chief, name=name, description=description)
    scene.teams[name] = team
    for person in cast.PEOPLE:
        if person.home == name:
            teams.services.add_member(
                team,
                by=scene.chief,
                user=scene.people[person.username],
                role=scene.roles[person.team_role],
            )


def _applications(scene: Scene) -> Iterator[Act]:
    for name, team, technology, description in cast.APPLICATIONS:
        yield partial(_begin, scene, name, team, technology, description)


def _begin(scene: Scene, name: str, team: str, technology: str, description: str) -> None:
    application = applications.services.create_application(
        by=scene.chief,
        name=name,
        environment=scene.environments[0],
        team=scene.teams[team],
        technology=technology,
        description=description,
    )
    scene.applications[name] = application
    applications.services.tag_version(
        application,
        by=scene.chief,
        environment=scene.environments[0],
        number="0.1",
        change_log="First version",
    )


def _accounts(scene: Scene) -> Iterator[Act]:
    for username, description, role in cast.SERVICE_ACCOUNTS:
        yield partial(_employ, scene, username, description, role)


def _employ(scene: Scene, username: str, description: str, role: str) -> None:
    scene.accounts[username] = users.services.create_service_account(
        by=scene.chief, username=username, name=username, description=description, role=scene.roles[role]
    )
