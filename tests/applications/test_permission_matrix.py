"""The page of an account: what it may do, and by which role; every cell says what the tables of the model say."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from hypothesis import HealthCheck, given, settings

from applications.permissions import permissions_of
from applications.services import grant_role, put_in_team
from roles.models import Level
from tests.applications import oracle
from tests.applications.oracle import ENVIRONMENTS, World
from tests.applications.worlds import APPLICATIONS, laid_out, worlds
from tests.factories import (
    SYSTEM,
    administrator,
    administrator_role,
    application,
    environment,
    person,
    role,
    service_account,
    team,
)
from users.models import User

pytestmark = pytest.mark.django_db


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=worlds())
def test_every_cell_says_what_the_tables_say_and_by_which_role(world: World) -> None:
    with laid_out(world) as laid:
        reader = User.objects.create(username="reader", name="Reader", role=administrator_role())
        for place in laid.environments.values():
            reader.role.levels.create(environment=place, level=Level.FULL_CONTROL)
        for who, account in laid.people.items():
            facts = world["people"][who]
            request = RequestFactory().get("/", {"show": "all"})
            request.user = reader
            told = permissions_of(account, request)
            assert {str(line.application) for line in told["lines"]} == set(APPLICATIONS)
            for line in told["lines"]:
                name = str(line.application)
                held_in = world["applications"][name]["team"]
                deciding = facts["applications"].get(name) or facts["teams"].get(held_in) or facts["default"]
                for cell in line.cells:
                    level = oracle.level(world, who, name, cell.environment.name)
                    assert cell.level == level
                    if level:
                        assert f"role {deciding}" in cell.why
            explicit = set(facts["teams"]) | set(facts["applications"])
            assert {grant.name for grant in told["grants"]} == explicit
            assert [str(place) for place, _ in told["levels"]] == list(ENVIRONMENTS)


def test_the_page_says_which_role_decides_where_and_why(client: Client) -> None:
    development, production = environment("Development"), environment("Production")
    low = role("Low", {development: Level.LIST})
    high = role("High", dict.fromkeys((development, production), Level.CHANGE_AND_DEPLOY), manage_teams=True)
    ana = person("ana.lopes", low)
    invoices, gateway = application("Invoices", development), application("Gateway", development)
    application("Plain", development)
    put_in_team(gateway, by=SYSTEM, team=team("Payments", {ana: high}))
    grant_role(invoices, by=SYSTEM, user=ana, role=high)
    client.force_login(administrator())
    text = client.get(ana.url).content.decode()
    for words in (
        "role High for this application",
        "role High in team Payments",
        "default role Low: no other role counts here",
        "Manage Teams and Application Roles, for this team",
        reverse("teams:remove_member", args=[ana.teams.get().pk, ana.pk]),
        reverse("applications:revoke_role", args=[invoices.pk, ana.pk]),
    ):
        assert words in text
    assert "Plain" not in text
    everything = client.get(ana.url, {"show": "all"}).content.decode()
    assert everything.index("Gateway</a>") < everything.index("Invoices</a>") < everything.index("Plain</a>")
    assert (
        "Gateway"
        not in client.get(ana.url, {"show": "all", "text": "plain"})
        .content.decode()
        .split("Roles in teams and for applications")[0]
    )
    for odd in ({"page": "nine"}, {"show": "odd"}, {"text": "nul\0"}, {"grants": "x"}, {"grants": "99999"}):
        assert client.get(ana.url, odd).status_code == 200


def test_an_application_that_the_reader_may_not_list_is_not_named(client: Client) -> None:
    open_place, closed = environment("Development"), environment("Production")
    ana = person("ana.lopes", role("Wide", dict.fromkeys((open_place, closed), Level.LIST)))
    secret = application("Secret", closed)
    grant_role(secret, by=SYSTEM, user=ana, role=role("Tester"))
    reader = person("max.manager", role("Manager", manage_infrastructure=True))
    client.force_login(reader)
    for show in ("", "all"):
        text = client.get(ana.url, {"show": show}).content.decode()
        assert "Secret" not in text
        assert "that you may not list" in text


def test_roles_are_given_from_the_account_page(client: Client) -> None:
    place = environment("Development")
    low, high = role("Low", {place: Level.LIST}), role("High", {place: Level.OPEN})
    payments, invoices = team("Payments"), application("Invoices", place)
    client.force_login(administrator())
    for account in (person("ana.lopes", low), service_account("release-bot", low)):
        page = client.get(account.url).content.decode()
        for step, chosen in (("teams:add_to_team", payments), ("applications:grant_to_user", invoices)):
            url = reverse(step, args=[account.pk])
            assert url in page
            assert client.get(url).status_code == 200
            field = "team" if chosen is payments else "application"
            answer = client.post(url, {field: chosen.pk, "role": high.pk}, follow=True)
            assert (
                f"has the role &#x27;High&#x27; {'in' if field == 'team' else 'for'} {chosen}."
                in answer.content.decode()
            )
        assert account.memberships.get().role == account.application_roles.get().role == high
    nothing = role("Nothing")
    bo = person("bo.chen", high)
    url = reverse("applications:grant_to_user", args=[bo.pk])
    review = client.post(url, {"application": invoices.pk, "role": nothing.pk})
    assert "1 person loses sight of an application in Development." in review.content.decode()
    assert not bo.application_roles.exists()


def test_the_page_asks_no_more_for_many_than_for_few(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    places = [environment(f"E{number}") for number in range(4)]
    tester = role("Tester", dict.fromkeys(places, Level.LIST))
    ana, bot = person("ana.lopes", tester), service_account("release-bot", tester)
    client.force_login(administrator())
    for crowd in (2, 40):
        for number in range(crowd):
            made = application(
                f"A{crowd}.{number}", places[0], team=team(f"T{crowd}.{number}", {ana: tester})
            )
            for account in (ana, bot):
                grant_role(made, by=SYSTEM, user=account, role=tester)
        for account in (ana, bot):
            # and a savepoint, in which it is recorded: the test's own
            with django_assert_max_num_queries(12 + 2):
                page = client.get(account.url, {"show": "all"})
    text = page.content.decode()
    assert "page 1 of 2" in text
    assert "grants=1" in text
    assert len(page.content) < 100_000
