"""The pages of people and places stay small, and ask the database no more, however much there is."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application, ApplicationRole, EnvironmentStatus
from infrastructure.models import Environment
from roles.levels import RoleLevel
from roles.models import EnvironmentPermission, Level, Role
from teams.models import Membership, Team
from tests.factories import administrator, administrator_role, environment, person, role
from users.models import User

pytestmark = pytest.mark.django_db
MANY = 150  # more than a list shows, and than a choice lists
# Every page asks 12 at most. These two also do what they warn of, look at it, and undo it.
UNDOING = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")  # how a test's own transaction nests


class Crowd:
    """Much of everything, laid straight into the database: one team and one person have to do with all of it."""

    def __init__(self) -> None:
        self.places = [environment(f"Environment number {number}") for number in range(5)]
        self.low = role("Low", dict.fromkeys(self.places, Level.LIST))
        self.high = role("High", dict.fromkeys(self.places, Level.CHANGE_AND_DEPLOY), manage_teams=True)
        self.busy, self.lead = person("busy.bee", self.low), person("lena.lead", self.low)
        self._roles()
        people = [self.busy, self.lead, *self._people()]
        teams = Team.objects.bulk_create(Team(name=f"Team {n}", description="d" * 400) for n in range(MANY))
        self.team = teams[0]
        pairs = {(self.team, one) for one in people} | {(team, self.busy) for team in teams}
        Membership.objects.bulk_create(Membership(team=team, user=one, role=self.high) for team, one in pairs)
        made = [Application(name=f"Application {n}", team=self.team) for n in range(MANY)]
        Application.objects.bulk_create(made)
        ApplicationRole.objects.bulk_create(
            ApplicationRole(application=one, user=self.busy, role=self.high) for one in made
        )
        EnvironmentStatus.objects.bulk_create(
            EnvironmentStatus(application=one, environment=place) for one in made for place in self.places
        )

    def _roles(self) -> None:
        roles = [Role(name=f"Role {n}", description="d" * 200) for n in range(MANY)]
        Role.objects.bulk_create(roles)
        EnvironmentPermission.objects.bulk_create(
            EnvironmentPermission(role=one, environment=place, level=Level.CHANGE_AND_DEPLOY)
            for one in roles
            for place in self.places
        )

    def _people(self) -> list[User]:
        name = "A person with quite a long name "
        people = [User(username=f"p{n}", name=f"{name}{n}", role=self.low) for n in range(MANY)]
        bots = [
            User(username=f"b{n}", name=f"{name}{n}", role=self.low, kind=User.Kind.SERVICE_ACCOUNT)
            for n in range(MANY)
        ]
        return list(User.objects.bulk_create([*people, *bots]))

    def pages(self) -> dict[str, tuple[User, str, dict[str, str] | None]]:
        """Return who opens or sends what."""
        ada, lena = administrator(), self.lead
        everything: dict[Environment, Level | RoleLevel] = dict.fromkeys(
            self.places, RoleLevel(Level.FULL_CONTROL, True, True)
        )
        max_ = person("max.manager", role("Manager", everything, manage_infrastructure=True))
        place: Environment = self.places[0]
        role_data = {"name": "High", **{f"level_{one.pk}": "0" for one in self.places}}
        opened = {
            "users:list": [],
            "users:service_accounts": [],
            "users:detail": [self.busy.pk],
            "users:create": [],
            "users:role": [self.busy.pk],
            "teams:add_to_team": [self.busy.pk],
            "applications:grant_to_user": [self.busy.pk],
            "roles:list": [],
            "roles:detail": [self.high.pk],
            "roles:edit": [self.high.pk],
            "roles:delete": [self.high.pk],
            "teams:list": [],
            "teams:detail": [self.team.pk],
            "teams:delete": [self.team.pk],
            "teams:add_member": [self.team.pk],
            "teams:change_member_role": [self.team.pk, self.busy.pk],
            "teams:remove_member": [self.team.pk, self.busy.pk],
            "infrastructure:list": [],
            "infrastructure:detail": [place.pk],
            "infrastructure:unregister": [place.pk],
        }
        pages = {name: (ada, reverse(name, args=keys), None) for name, keys in opened.items()}
        for name in ("teams:list", "teams:detail", "teams:remove_member"):
            pages[f"{name} for a lead"] = (lena, reverse(name, args=opened[name]), None)
        url = pages["roles:edit"][1]
        replaced = {"replacement": str(self.low.pk)}
        other = {"role": str(administrator_role().pk)}
        return {
            **pages,
            "the matrix of everything": (ada, f"{pages['users:detail'][1]}?show=all&page=3&grants=4", None),
            "the review of a role": (ada, url, role_data),
            "the review of a deletion": (max_, pages["roles:delete"][1], replaced),
            "the review of a default role": (ada, pages["users:role"][1], other),
        }


def test_pages_of_people_and_places_do_not_grow(client: Client) -> None:
    told, pages = {}, Crowd().pages()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does where people work
    for name, (who, url, data) in pages.items():
        client.force_login(who)
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(url, data) if data else client.get(url)
        assert answer.status_code == 200, name
        asked = [one for one in queries.captured_queries if not one["sql"].startswith(UNDOING)]
        told[name] = (len(asked), len(answer.content))
    assert {name: facts for name, facts in told.items() if facts[0] > 12} == {}
    assert {name: facts for name, facts in told.items() if facts[1] > 100_000} == {}
