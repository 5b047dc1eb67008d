"""A plan that was saved or prepared stands on the arrows between its environments, for those who may see it."""

from django.test import Client
from django.urls import reverse

from applications.models import Application
from applications.services import grant_role
from deployments.models import Plan
from deployments.services import abort_plan, discard_plan, save_plan
from infrastructure.services import move_environment
from roles.models import Level
from tests.deployments.landscape import Landscape, work
from tests.factories import SYSTEM, person, role
from users.models import User


def arrows(client: Client, reader: User, app: Application) -> list[tuple[str, str]]:
    """Return the words and the addresses of an application's arrows in the matrix; its own page has the same."""
    client.force_login(reader)
    (row,) = [row for row in client.get("/").context["rows"] if row.application == app]
    page = client.get(reverse("applications:detail", args=[app.pk])).content.decode()
    found = [(cell.arrow.words, cell.arrow.plan.url) for cell in row.cells if cell.arrow and cell.arrow.plan]
    assert all(words in page and f'href="{url}"' in page for words, url in found)
    return found


def test_a_saved_plan_stands_on_its_arrow_until_it_is_gone(land: Landscape, client: Client) -> None:
    draft, saved = land.plan(), land.plan([land.deploy(land.crm)])
    assert arrows(client, land.ada, land.crm) == []
    save_plan(saved, by=land.ada)
    page = f"/deployments/{saved.pk}/"
    assert arrows(client, land.ada, land.crm) == [(f"Plan #{saved.number} to QA is saved", page)]
    assert arrows(client, land.ada, land.portal) == []
    assert draft.number < saved.number
    discard_plan(saved, by=land.ada)
    assert arrows(client, land.ada, land.crm) == []


def test_a_plan_that_one_may_not_see_stands_on_no_arrow(land: Landscape, client: Client) -> None:
    save_plan(land.plan(), by=land.ada)
    listing = role("Listing CRM", {land.development: Level.ACCESS, land.qa: Level.ACCESS})
    jun = person("jun.sato", listing)
    lists = role("Lists", {land.development: Level.LIST, land.qa: Level.LIST})
    grant_role(land.crm, by=SYSTEM, user=jun, role=lists)
    assert arrows(client, jun, land.crm) == []


def test_a_prepared_plan_says_so(committed: Landscape, client: Client) -> None:
    move_environment(committed.production, by=SYSTEM, position=1)
    plan: Plan = committed.started(target=committed.production)
    work()
    words = f"Plan #{plan.number} to Production is prepared"
    assert arrows(client, committed.ada, committed.crm) == [(words, f"/deployments/{plan.pk}/")]
    abort_plan(plan, by=committed.ada)
