"""No page grows with the data: neither what it asks the database, nor what it sends."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import services
from applications.models import Application, ApplicationRole, Block, EnvironmentStatus, Version
from roles.models import Level
from teams.models import Membership, Team
from tests.applications.landscape import Landscape
from tests.factories import SYSTEM, environment, role
from users.models import User

MOST_QUERIES, MOST_BYTES = 12, 100_000
READERS = ("administrator", "developer", "lead", "steward")


def pages(here: Landscape) -> dict[str, str]:
    shop = [here.shop.pk]
    return {
        "matrix": "/",
        "search": f"/?text=a&state=differs&team={here.payments.pk}",
        "detail": reverse("applications:detail", args=shop),
        "permissions": reverse("applications:permissions", args=shop),
        "grant": reverse("applications:grant_role", args=shop),
        "tag": reverse("applications:tag", args=[*shop, here.development.pk]),
        "join": reverse("applications:join_team", args=shop),
        "put": reverse("applications:put_in_team", args=[here.payments.pk]),
        "take out": reverse("applications:take_out_of_team", args=shop),
    }


def measured(client: Client, here: Landscape, who: str) -> dict[str, tuple[int, int]]:
    """Return how many queries each page asks and how many bytes it sends."""
    client.force_login(getattr(here, who))
    found = {}
    for name, address in pages(here).items():
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        if answer.status_code == 200:
            asked = [
                query for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]
            ]  # the test's own
            found[name] = (len(asked), len(answer.content))
    return found


def grow(here: Landscape) -> None:
    """Add many times what a page shows; straight into the tables, for only the pages are measured."""
    places = [
        here.development,
        *(environment(f"Test environment of the northern region {number}") for number in range(7)),
    ]
    tester = role("Testing everything everywhere", dict.fromkeys(places, Level.CHANGE_AND_DEPLOY))
    people = User.objects.bulk_create(
        User(username=f"somebody.number-{number}", name=f"Somebody {number}", role=tester)
        for number in range(130)
    )
    teams = Team.objects.bulk_create(Team(name=f"Team of many teams {number}") for number in range(110))
    Membership.objects.bulk_create(
        Membership(team=here.payments, user=user, role=tester) for user in people[60:]
    )
    ApplicationRole.objects.bulk_create(
        ApplicationRole(application=here.shop, user=user, role=tester) for user in people[:60]
    )
    tagged: dict[str, Any] = {"environment": here.development, "created_by": people[0]}
    Version.objects.bulk_create(
        Version(application=here.shop, number=f"2.{number}", change_log="What is new. " * 150, **tagged)
        for number in range(30)
    )
    reason = "Frozen for reasons. " * 20
    Block.objects.bulk_create(
        Block(application=here.shop, environment=place, reason=reason) for place in places
    )
    things = Application.objects.bulk_create(
        Application(name=f"An application among many others {number:03}", team=team)
        for number, team in enumerate(teams)
    )
    falling = [
        Version(application=one, number=f"1.{99 - number}")
        for one in things[:20]
        for number in range(len(places))
    ]
    Version.objects.bulk_create(falling)
    EnvironmentStatus.objects.bulk_create(
        EnvironmentStatus(
            application=version.application,
            environment=places[number % len(places)],
            version=version,
            is_modified=True,
            changed_by=people[0],
        )
        for number, version in enumerate(falling)
    )


def test_no_page_grows_with_the_data(here: Landscape, client: Client, unhurried_sessions: None) -> None:
    services.tag_version(here.shop, by=SYSTEM, environment=here.development, number="0.1")
    before = measured(client, here, "administrator")
    assert {page: queries for page, (queries, _) in before.items()} == {
        "matrix": 9,
        "search": 9,
        "detail": 8,
        "permissions": 8,
        "grant": 6,
        "tag": 8,
        "join": 6,
        "put": 6,
        "take out": 8,
    }
    grow(here)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for who in READERS:
        after = measured(client, here, who)
        assert {page: size for page, (_, size) in after.items() if size > MOST_BYTES} == {}, who
        assert {page: queries for page, (queries, _) in after.items() if queries > MOST_QUERIES} == {}, who
        if who == "administrator":
            grown = {page: queries - before[page][0] for page, (queries, _) in after.items()}
            assert {page: more for page, more in grown.items() if more > 0} == {}
