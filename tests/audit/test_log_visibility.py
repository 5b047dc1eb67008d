"""A reader sees exactly what the rules say: logs, events and exports against an oracle written from the rules alone.

The oracle knows the tables of permissions (lifetime.md, 1 and 3) and goes through every event in Python; it shares no
query with the code that it checks.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from django.db import models
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import Application, ApplicationRole
from audit import activities
from audit.activity import kind_of
from audit.models import Event, EventSubject
from deployments.models import Plan, PlannedApplication
from infrastructure.models import ConsoleSettings, Environment
from roles.models import EnvironmentPermission, Role
from teams.models import Membership, Team
from tests.audit.events import event
from tests.databases import undone
from users.models import User

pytestmark = pytest.mark.django_db
ENVIRONMENTS, ROLES, TEAMS, APPLICATIONS, PLANS = 2, 3, 2, 3, 2

Key = tuple[str, UUID]
role_numbers = st.integers(0, ROLES - 1)
maybe_role = st.none() | role_numbers


@dataclass(frozen=True)
class World:
    """Who holds which role where, what belongs where, and which things each event is about: all by number."""

    levels: list[list[int]]  # of each role in each environment
    switches: list[tuple[bool, bool, bool]]  # of each role: infrastructure, teams, audit logs
    default: int
    in_team: list[int | None]
    for_application: list[int | None]
    team_of: list[int | None]
    plans: list[
        tuple[set[int], bool, bool]
    ]  # its applications, made by the reader, from the first environment
    events: list[set[int]] = field(default_factory=list)


worlds = st.builds(
    World,
    levels=st.lists(
        st.lists(st.integers(0, 6), min_size=ENVIRONMENTS, max_size=ENVIRONMENTS),
        min_size=ROLES,
        max_size=ROLES,
    ),
    switches=st.lists(
        st.tuples(*[st.sampled_from([False, False, False, True])] * 3), min_size=ROLES, max_size=ROLES
    ),
    default=role_numbers,
    in_team=st.lists(maybe_role, min_size=TEAMS, max_size=TEAMS),
    for_application=st.lists(maybe_role, min_size=APPLICATIONS, max_size=APPLICATIONS),
    team_of=st.lists(st.none() | st.integers(0, TEAMS - 1), min_size=APPLICATIONS, max_size=APPLICATIONS),
    plans=st.lists(
        st.tuples(st.sets(st.integers(0, APPLICATIONS - 1)), st.booleans(), st.booleans()),
        min_size=PLANS,
        max_size=PLANS,
    ),
    events=st.lists(st.sets(st.integers(0, 13), max_size=4), min_size=3, max_size=8),
)


class Oracle:
    """The rules in plain Python."""

    def __init__(self, world: World) -> None:
        self.world = world
        infrastructure, teams, logs = world.switches[world.default]
        self.manages_infrastructure = infrastructure
        self.manages_teams = teams or infrastructure  # the one forces the other on
        self.reads_everything = logs or infrastructure

    def level(self, application: int, environment: int) -> int:
        world = self.world
        by_default = world.levels[world.default][environment]
        if by_default == 0:
            return 0
        team = world.team_of[application]
        held = world.for_application[application]
        if held is None and team is not None:
            held = world.in_team[team]
        if held is None:
            return by_default
        level = world.levels[held][environment]
        return {1: 0, 6: 5}.get(level, level)

    def lists(self, application: int, environments: set[int]) -> bool:
        return any(self.level(application, environment) >= 2 for environment in environments)

    def reads(self, kind: str, number: int) -> bool:
        """Whether the change log of a thing, by its kind and number, may be read."""
        if self.reads_everything:
            return True
        if kind == "environment":
            return self.world.levels[self.world.default][number] == 6
        if kind == "team":
            held = self.world.in_team[number]
            return self.manages_teams or (held is not None and any(self.world.switches[held][:2]))
        if kind == "application":
            return self.lists(number, set(range(ENVIRONMENTS)))
        if kind == "deployment_plan":
            applications, is_own, _ = self.world.plans[number]
            if not applications:
                return is_own
            return all(self.lists(application, {0, 1}) for application in applications)
        return False  # roles, users, service accounts, the infrastructure: only who reads everything


class Landscape:
    """The world in the database. `things` are numbered as the world's events name them."""

    def __init__(self, world: World) -> None:
        environments = [
            Environment.objects.create(name=f"E{n}", purpose="Test", position=n) for n in range(ENVIRONMENTS)
        ]
        roles = [self.role(number, world, environments) for number in range(ROLES)]
        self.reader = User.objects.create(username="reader", name="Reader", role=roles[world.default])
        other = User.objects.create(username="other", name="Other", role=roles[0])
        robot = User.objects.create(
            username="robot", name="Robot", role=roles[0], kind=User.Kind.SERVICE_ACCOUNT
        )
        teams = [Team.objects.create(name=f"T{number}") for number in range(TEAMS)]
        applications = [
            Application.objects.create(name=f"A{number}", team=None if team is None else teams[team])
            for number, team in enumerate(world.team_of)
        ]
        for team, held in zip(teams, world.in_team, strict=True):
            if held is not None:
                Membership.objects.create(team=team, user=self.reader, role=roles[held])
        for application, held in zip(applications, world.for_application, strict=True):
            if held is not None:
                ApplicationRole.objects.create(application=application, user=self.reader, role=roles[held])
        plans = []
        for number, (planned, is_own, is_forward) in enumerate(world.plans):
            source, target = environments if is_forward else reversed(environments)
            creator = self.reader if is_own else other
            plans.append(Plan.objects.create(number=number, source=source, target=target, created_by=creator))
            for index in planned:
                PlannedApplication.objects.create(
                    plan=plans[-1], application=applications[index], operation="nothing"
                )
        groups: list[list[Any]] = [environments, roles, teams, applications, plans]
        groups += [[other], [robot], [ConsoleSettings.load()]]
        self.things: list[models.Model] = [thing for group in groups for thing in group]
        self.numbers: dict[Key, int] = {
            (kind_of(thing).name, thing.pk): number for group in groups for number, thing in enumerate(group)
        }
        for subjects in world.events:
            event(by=other, about=[self.things[number] for number in sorted(subjects)])

    @staticmethod
    def role(number: int, world: World, environments: list[Environment]) -> Role:
        infrastructure, teams, logs = world.switches[number]
        role = Role.objects.create(
            name=f"R{number}",
            manage_infrastructure=infrastructure,
            manage_teams=teams or infrastructure,
            view_audit_logs=logs,
        )
        for environment, level in zip(environments, world.levels[number], strict=True):
            EnvironmentPermission.objects.create(role=role, environment=environment, level=level)
        return role

    def on_record(self) -> dict[int, set[Key]]:
        """Every event of this moment with what it is about."""
        events: dict[int, set[Key]] = {number: set() for number in Event.objects.values_list("pk", flat=True)}
        for kind, key, number in EventSubject.objects.values_list("kind", "entity_key", "event_id"):
            events[number].add((kind, key))
        return events

    def readable(self, oracle: Oracle, subjects: set[Key]) -> bool:
        return oracle.reads_everything or any(
            key in self.numbers and oracle.reads(key[0], self.numbers[key]) for key in subjects
        )


def shown(response: Any) -> set[int]:
    return {int(number) for number in re.findall(r'<tr[^>]* id="e(\d+)"', response.content.decode())}


def exported(response: Any, tmp_path: Any) -> set[int]:
    file = tmp_path / "export.xlsx"
    file.write_bytes(b"".join(response.streaming_content))
    book = openpyxl.load_workbook(file, read_only=True)
    rows = list(book["Events 1"].iter_rows(min_row=2, values_only=True))
    book.close()
    return {int(str(row[-1])) for row in rows}


def examples(number: int) -> settings:
    return settings(
        max_examples=number, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )


@examples(30)
@given(world=worlds)
def test_what_is_visible_is_what_the_oracle_says(db: None, world: World) -> None:
    with undone():
        landscape, oracle = Landscape(world), Oracle(world)
        made = landscape.on_record()
        visible = {number for number, subjects in made.items() if landscape.readable(oracle, subjects)}
        assert set(Event.objects.visible_to(landscape.reader).values_list("pk", flat=True)) == visible
        for thing in landscape.things:
            kind = kind_of(thing)
            expected = oracle.reads(kind.name, landscape.numbers[kind.name, thing.pk])
            assert activities.change_log_viewed.allowed(landscape.reader, thing) == expected


@examples(8)
@given(world=worlds)
def test_pages_events_and_exports_are_what_the_oracle_says(db: None, tmp_path: Any, world: World) -> None:
    with undone():
        compare(Landscape(world), Oracle(world), tmp_path)


def compare(landscape: Landscape, oracle: Oracle, tmp_path: Any) -> None:
    client = Client()
    client.force_login(landscape.reader)
    made = landscape.on_record()
    visible = {number for number, subjects in made.items() if landscape.readable(oracle, subjects)}

    export = client.get("/audit-logs/excel/")
    assert export.status_code == (200 if oracle.reads_everything else 403)
    if export.status_code == 200:
        assert exported(export, tmp_path) == visible
    for number in made:
        expected = 200 if number in visible else 404
        assert client.get(f"/events/{number}/").status_code == expected
    for (kind, key), number in landscape.numbers.items():
        before = landscape.on_record()
        page = client.get(f"/change-log/{kind}/{key}/")
        if oracle.reads(kind, number):
            assert shown(page) == {event for event, subjects in before.items() if (kind, key) in subjects}
        else:
            assert page.status_code in {403, 404}
            assert shown(page) == set()
    whole = client.get("/audit-logs/")
    assert shown(whole) >= visible if oracle.reads_everything else not shown(whole)
