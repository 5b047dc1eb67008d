"""The matrix: what leads from one environment to the next, and how applications are found by their state."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from applications import services
from applications.matrix import places
from applications.models import Application
from infrastructure.models import Environment
from infrastructure.services import enable_maintenance
from roles.models import Level
from tests.applications.landscape import Landscape
from tests.factories import SYSTEM, administrator, application, environment, person, role, team
from users.models import User


def tag(thing: Application, place: Environment, number: str) -> None:
    services.tag_version(thing, by=SYSTEM, environment=place, number=number)


def deploy(thing: Application, place: Environment, number: str) -> None:
    services.deployed(thing, by=SYSTEM, environment=place, version=thing.versions.get(number=number))


def arrows(here: Landscape, reader: User) -> list[str]:
    """Return the words of the arrows of Shop."""
    return [cell.arrow.words for cell in places(here.shop, reader) if cell.arrow]


# Arrows


def test_an_arrow_leads_from_what_is_newer_to_the_next_environment(here: Landscape) -> None:
    assert arrows(here, here.administrator) == ["Tag & Deploy to Production"]
    tag(here.shop, here.development, "1.9")
    assert arrows(here, here.administrator) == ["Deploy 1.9 to Production"]
    deploy(here.shop, here.production, "1.9")
    assert arrows(here, here.administrator) == []
    services.report_change(here.shop, by=SYSTEM, environment=here.development)
    assert arrows(here, here.administrator) == ["Tag & Deploy to Production"]
    tag(here.shop, here.development, "1.10")
    assert arrows(here, here.administrator) == ["Deploy 1.10 to Production"]


def test_an_arrow_is_for_those_who_may_deploy_there(here: Landscape) -> None:
    tag(here.shop, here.development, "1.0")
    assert arrows(here, here.developer) == []  # lists in Production
    deployer = person(
        "dep.loyer", role("D", {here.development: Level.LIST, here.production: Level.FULL_CONTROL})
    )
    assert arrows(here, deployer) == ["Deploy 1.0 to Production"]
    deploy(here.shop, here.production, "1.0")
    services.report_change(here.shop, by=SYSTEM, environment=here.development)
    assert arrows(here, deployer) == []  # it would have to be tagged, in Development


@pytest.mark.parametrize("obstacle", ["a block", "maintenance"])
def test_no_arrow_leads_where_nothing_can_be_deployed(here: Landscape, obstacle: str) -> None:
    tag(here.shop, here.development, "1.0")
    if obstacle == "a block":
        services.block(here.shop, by=SYSTEM, environment=here.production, reason="Frozen")
    else:
        enable_maintenance(here.production, by=SYSTEM, reason="New disks")
    assert arrows(here, here.administrator) == []


def test_what_is_newer_than_before_it_is_said_in_words(here: Landscape, client: Client) -> None:
    tag(here.shop, here.development, "1.0")
    tag(here.shop, here.development, "1.1")
    deploy(here.shop, here.production, "1.1")
    deploy(here.shop, here.development, "1.0")
    client.force_login(here.administrator)
    for address in ("/", reverse("applications:detail", args=[here.shop.pk])):
        assertContains(client.get(address), "newer than in Development")
        assertNotContains(client.get(address), "Deploy 1.")


def test_the_arrow_leads_to_a_new_plan_from_here_to_there(here: Landscape, client: Client) -> None:
    tag(here.shop, here.development, "1.0")
    client.force_login(here.administrator)
    for address in ("/", reverse("applications:detail", args=[here.shop.pk])):
        page = client.get(address)
        start = page.content.decode().split(f'href="{reverse("deployments:create")}?')[1].split('"')[0]
        asked = parse_qs(urlsplit("?" + start.replace("&amp;", "&")).query)
        assert asked == {
            "source": [str(here.development.pk)],
            "target": [str(here.production.pk)],
            "application": [str(here.shop.pk)],
        }
        assert client.get(f"{reverse('deployments:create')}?{start.replace('&amp;', '&')}").status_code == 200


def test_the_page_and_the_matrix_agree(here: Landscape, client: Client) -> None:
    tag(here.shop, here.development, "1.0")
    services.block(here.shop, by=SYSTEM, environment=here.development, reason="Frozen")
    for reader in (here.administrator, here.developer, here.lister, here.lead, here.steward):
        client.force_login(reader)
        (row,) = client.get("/").context["rows"]
        assert [
            (cell.environment, cell.level, cell.status, cell.block, cell.arrow) for cell in row.cells
        ] == [
            (cell.environment, cell.level, cell.status, cell.block, cell.arrow)
            for cell in places(here.shop, reader)
        ]


def test_a_cell_that_one_may_not_know_says_so_and_nothing_else(here: Landscape, client: Client) -> None:
    tag(here.shop, here.development, "777.1")
    deploy(here.shop, here.production, "777.1")
    services.block(here.shop, by=SYSTEM, environment=here.production, reason="Frozen")
    client.force_login(here.lead)
    page = client.get("/")
    assert [str(each) for each in page.context["environments"]] == ["Development"]
    entering = person("en.ter", role("E", {here.development: Level.LIST, here.production: Level.ACCESS}))
    client.force_login(entering)
    page = client.get("/")
    assertContains(page, "no access", count=1)
    assertNotContains(page, ">blocked<")
    assertContains(page, "777.1", count=1)


# Finding by state


@pytest.fixture
def states(here: Landscape) -> Landscape:
    """Shop is behind in Production, Even the same, Fresh only in Development, Edited changed since its tag, and Frozen
    blocked in Production."""
    even, edited, frozen = (application(name, here.development) for name in ("Even", "Edited", "Frozen"))
    application("Fresh", here.development)
    for thing in (here.shop, even, edited, frozen):
        tag(thing, here.development, "1.0")
        deploy(thing, here.production, "1.0")
    tag(here.shop, here.development, "1.1")
    services.report_change(edited, by=SYSTEM, environment=here.development)
    services.block(frozen, by=SYSTEM, environment=here.production, reason="Frozen")
    return here


def found(client: Client, **query: object) -> list[str]:
    page = client.get("/", {name: str(getattr(value, "pk", value)) for name, value in query.items()})
    assert "errorlist" not in page.content.decode()
    return [str(row.application) for row in page.context["rows"]]


def test_applications_are_found_by_their_state(states: Landscape, client: Client) -> None:
    client.force_login(states.administrator)
    production, development = states.production, states.development
    assert found(client, state="changed") == ["Edited"]
    assert found(client, state="changed", where=production) == []
    assert found(client, state="blocked") == ["Frozen"]
    assert found(client, state="blocked", where=development) == []
    assert found(client, state="absent") == ["Fresh"]
    assert found(client, state="absent", where=development) == []
    assert found(client, state="differs") == ["Edited", "Fresh", "Shop"]
    assert found(client, state="differs", where=production, than=development) == ["Edited", "Fresh", "Shop"]


def test_what_differs_is_compared_where_one_says(states: Landscape, client: Client) -> None:
    client.force_login(states.administrator)
    archive = environment("Archive")
    deploy(states.shop, archive, "1.1")
    assert found(client, state="differs", where=states.development, than=archive) == [
        "Edited",
        "Even",
        "Fresh",
        "Frozen",
    ]
    # its neighbour is Production
    assert "Even" not in found(client, state="differs", where=states.development)


def test_no_state_tells_what_a_cell_does_not(states: Landscape, client: Client) -> None:
    client.force_login(
        person("li.mited", role("L", {states.development: Level.LIST, states.production: Level.ACCESS}))
    )
    assert found(client, state="differs") == []
    assert found(client, state="blocked") == []
    assert found(client, state="absent") == []
    assert found(client, state="changed") == ["Edited"]


def test_filters_that_mean_nothing_alone_are_complained_of(states: Landscape, client: Client) -> None:
    client.force_login(states.administrator)
    production = str(states.production.pk)
    same = {"where": production, "than": production}
    for query in (
        {"than": production},
        {"where": production},
        {"state": "differs", **same},
    ):
        page = client.get("/", query)
        assertContains(page, "errorlist")
        assert len(page.context["rows"]) == 5


# Nothing there


@pytest.mark.django_db
def test_an_empty_matrix_says_why(client: Client) -> None:
    development = environment()
    lister = person("lis.ter", role("Listing", {development: Level.LIST}))
    outsider = person("out.sider", role("Entering", {development: Level.ACCESS}))
    member = person("mem.ber", outsider.role)
    team("Payments", {member: lister.role})
    for reader, words in (
        (administrator(), "An application is created in one"),
        (lister, "as soon as somebody"),
        (member, "as soon as somebody"),
        (outsider, "Nothing that you may see"),
    ):
        client.force_login(reader)
        assertContains(client.get("/"), words)
        assertContains(client.get("/", {"text": "x"}), "No application matches")
