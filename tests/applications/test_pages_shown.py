"""What the matrix and the page of an application show, to whom, and at what cost."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from applications import services
from infrastructure.services import enable_maintenance
from tests.applications.landscape import Landscape
from tests.factories import SYSTEM, application, team


def test_the_matrix_shows_the_version_the_plus_and_who(here: Landscape, client: Client) -> None:
    version = services.tag_version(here.shop, by=here.developer, environment=here.development, number="1.0")
    services.deployed(here.shop, by=SYSTEM, environment=here.production, version=version)
    services.report_change(here.shop, by=here.developer, environment=here.development)
    services.block(here.shop, by=SYSTEM, environment=here.production, reason="Frozen")
    client.force_login(here.lister)
    page = client.get("/")
    (cells,) = [row.cells for row in page.context["rows"]]
    assert [str(cell.environment) for cell in cells] == ["Development", "Production"]
    assert [(str(cell.status.version), cell.status.is_modified) for cell in cells] == [
        ("1.0", True),
        ("1.0", False),
    ]
    assertContains(page, "changed since the tag")
    assertContains(page, "by Dev Ops")
    assertContains(page, "by System")
    assertContains(page, "blocked")


def test_a_cell_is_shown_only_where_the_application_may_be_listed(here: Landscape, client: Client) -> None:
    version = services.tag_version(here.shop, by=SYSTEM, environment=here.development, number="7.1")
    services.deployed(here.shop, by=SYSTEM, environment=here.production, version=version)
    client.force_login(here.lead)
    page = client.get("/")
    (row,) = page.context["rows"]
    assert [str(cell.environment) for cell in row.cells if cell.status] == ["Development"]
    detail = client.get(reverse("applications:detail", args=[here.shop.pk]))
    assertNotContains(detail, "Production")


def test_an_application_is_found_by_its_name_its_teams_name_and_its_team(
    here: Landscape, client: Client
) -> None:
    application("Ledger", here.development)
    sales = team("Sales")
    application("100% sure", here.development, team=sales)
    client.force_login(here.administrator)

    def found(**query: object) -> list[str]:
        rows = client.get("/", query).context["rows"]  # type: ignore[arg-type]
        return [str(row.application) for row in rows]

    assert found() == ["100% sure", "Ledger", "Shop"]
    assert found(text="LEDG") == ["Ledger"]
    assert found(text="paym") == ["Shop"]
    assert found(text="%") == ["100% sure"]
    assert found(team=sales.pk) == ["100% sure"]
    assert found(text="shop", team=sales.pk) == []


def test_a_search_that_cannot_be_read_is_complained_of(here: Landscape, client: Client) -> None:
    client.force_login(here.administrator)
    for query in ({"team": "x"}, {"team": str(uuid4())}, {"text": "a\0"}, {"text": "x" * 101}):
        page = client.get("/", query)
        assert page.status_code == 200
        assertContains(page, "errorlist")
        assert len(page.context["rows"]) == 1
    assert client.get("/", {"page": "x"}).status_code == 404


def test_the_teams_to_choose_from_are_those_of_applications_one_sees(here: Landscape, client: Client) -> None:
    team("Secret")
    client.force_login(here.lister)
    assertContains(client.get("/"), f'<option value="{here.payments.pk}">Payments</option>', html=True)
    assertNotContains(client.get("/"), "Secret")
    client.force_login(here.outsider)
    assertNotContains(client.get("/"), "Payments")


# One application


@pytest.mark.parametrize(
    ("who", "links"),
    [
        ("lister", set()),
        ("developer", {"Edit", "Tag version", "Report change", "Block"}),
        ("manager", {"Grant role", "Remove from team"}),
    ],
)
def test_the_page_offers_what_one_may_do(here: Landscape, client: Client, who: str, links: set[str]) -> None:
    client.force_login(getattr(here, who))
    page = client.get(reverse("applications:detail", args=[here.shop.pk])).content.decode()
    every = {"Edit", "Tag version", "Report change", "Block", "Grant role", "Remove from team"}
    assert {link for link in every if re.search(rf">{link}<", page)} == links


def test_nothing_is_offered_that_maintenance_forbids(here: Landscape, client: Client) -> None:
    enable_maintenance(here.development, by=SYSTEM, reason="New disks")
    client.force_login(here.developer)
    page = client.get(reverse("applications:detail", args=[here.shop.pk]))
    assertContains(page, "maintenance")
    assertNotContains(page, "Tag version")


def test_markup_in_names_is_shown_and_not_run(here: Landscape, client: Client) -> None:
    services.change_application(
        here.shop, by=SYSTEM, name="<script>alert(1)</script>", description="<img src=x>"
    )
    client.force_login(here.administrator)
    for address in ("/", reverse("applications:detail", args=[here.shop.pk])):
        assertContains(client.get(address), "&lt;script&gt;alert(1)&lt;/script&gt;")
        assertNotContains(client.get(address), "<script>alert")


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("tag", "Tag version in Development"),
        ("publish", "Report change in Development"),
        ("block", "Block in Development"),
        ("unblock", "Unblock in Development"),
    ],
)
def test_a_step_in_an_environment_names_it(client: Client, here: Landscape, page: str, words: str) -> None:
    client.force_login(here.administrator)
    address = reverse(f"applications:{page}", args=[here.shop.pk, here.development.pk])
    assertContains(client.get(address), f"<h1>{words}</h1>")
