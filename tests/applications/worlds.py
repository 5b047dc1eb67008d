"""Random worlds: drawn as the oracle's dictionaries, and laid out in the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

from applications.models import Application, ApplicationRole, EnvironmentStatus
from deployments.models import Plan, PlannedApplication
from infrastructure.models import Environment
from roles.models import EnvironmentPermission, Role
from teams.models import Membership, Team
from tests.applications.oracle import ENVIRONMENTS, World
from users.models import User

ROLES, TEAMS = ("r0", "r1", "r2", "r3"), ("t0", "t1")
PEOPLE, APPLICATIONS, PLANS = ("p0", "p1", "p2"), ("a0", "a1", "a2"), ("d0", "d1", "d2")


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Roles with levels and switches, people who hold them in all three ways, applications, teams and plans."""
    return {
        "roles": {name: draw(_roles()) for name in ROLES},
        "people": {name: draw(_people()) for name in PEOPLE},
        "applications": {name: draw(_applications()) for name in APPLICATIONS},
        "plans": {name: draw(_plans()) for name in PLANS},
    }


@st.composite
def _roles(draw: st.DrawFn) -> dict[str, Any]:
    levels = draw(st.dictionaries(st.sampled_from(ENVIRONMENTS), st.integers(0, 6)))
    creating = [environment for environment, level in levels.items() if level >= 5]
    manages = draw(st.booleans())
    return {
        "levels": levels,
        "creates": draw(st.sets(st.sampled_from(creating))) if creating else set(),
        "manage_teams": manages,
        "manage_infrastructure": manages and draw(st.booleans()),
    }


def _people() -> st.SearchStrategy[dict[str, Any]]:
    role = st.sampled_from(ROLES)
    return st.fixed_dictionaries(
        {
            "active": st.sampled_from([True, True, True, False]),
            "default": role,
            "teams": st.dictionaries(st.sampled_from(TEAMS), role),
            "applications": st.dictionaries(st.sampled_from(APPLICATIONS), role),
        }
    )


def _applications() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"team": st.sampled_from([None, *TEAMS]), "places": st.sets(st.sampled_from(ENVIRONMENTS))}
    )


@st.composite
def _plans(draw: st.DrawFn) -> dict[str, Any]:
    source, target = draw(st.permutations(ENVIRONMENTS))[:2]
    applications = draw(st.sets(st.sampled_from(APPLICATIONS)))
    creator = draw(st.sampled_from(PEOPLE))
    return {"source": source, "target": target, "applications": applications, "creator": creator}


@dataclass
class Laid:
    """A world's things in the database, by the oracle's names."""

    environments: dict[str, Environment] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)


@contextmanager
def laid_out(world: World) -> Iterator[Laid]:
    """Put the world into the database for the length of the block. Straight, because it is never committed."""
    with transaction.atomic():
        laid = Laid()
        _lay_roles(world, laid)
        _lay_people(world, laid)
        _lay_applications(world, laid)
        _lay_plans(world, laid)
        yield laid
        transaction.set_rollback(True)


def _lay_roles(world: World, laid: Laid) -> None:
    for position, name in enumerate(ENVIRONMENTS, start=100):
        laid.environments[name] = Environment(name=name, purpose="Test", position=position)
    Environment.objects.bulk_create(laid.environments.values())
    for name, facts in world["roles"].items():
        switches = {key: facts[key] for key in ("manage_teams", "manage_infrastructure")}
        laid.roles[name] = Role(name=name, **switches)
    Role.objects.bulk_create(laid.roles.values())
    EnvironmentPermission.objects.bulk_create(
        EnvironmentPermission(
            role=laid.roles[name],
            environment=laid.environments[environment],
            level=level,
            create_applications=environment in facts["creates"],
        )
        for name, facts in world["roles"].items()
        for environment, level in facts["levels"].items()
    )


def _lay_people(world: World, laid: Laid) -> None:
    laid.teams = {name: Team(name=name) for name in TEAMS}
    Team.objects.bulk_create(laid.teams.values())
    for name, facts in world["people"].items():
        role = laid.roles[facts["default"]]
        laid.people[name] = User(username=name, name=name, role=role, is_active=facts["active"])
    User.objects.bulk_create(laid.people.values())
    Membership.objects.bulk_create(
        Membership(team=laid.teams[team], user=laid.people[name], role=laid.roles[role])
        for name, facts in world["people"].items()
        for team, role in facts["teams"].items()
    )


def _lay_applications(world: World, laid: Laid) -> None:
    for name, facts in world["applications"].items():
        team = laid.teams[facts["team"]] if facts["team"] else None
        laid.applications[name] = Application(name=name, team=team)
    Application.objects.bulk_create(laid.applications.values())
    EnvironmentStatus.objects.bulk_create(
        EnvironmentStatus(application=laid.applications[name], environment=laid.environments[place])
        for name, facts in world["applications"].items()
        for place in facts["places"]
    )
    ApplicationRole.objects.bulk_create(
        ApplicationRole(
            application=laid.applications[application], user=laid.people[name], role=laid.roles[role]
        )
        for name, facts in world["people"].items()
        for application, role in facts["applications"].items()
    )


def _lay_plans(world: World, laid: Laid) -> None:
    for number, (name, facts) in enumerate(world["plans"].items(), start=1_000):
        laid.plans[name] = Plan(
            number=number,
            source=laid.environments[facts["source"]],
            target=laid.environments[facts["target"]],
            created_by=laid.people[facts["creator"]],
        )
    Plan.objects.bulk_create(laid.plans.values())
    PlannedApplication.objects.bulk_create(
        PlannedApplication(
            plan=laid.plans[name], application=laid.applications[application], operation="nothing"
        )
        for name, facts in world["plans"].items()
        for application in facts["applications"]
    )
