"""A plan's conflicts tell a reader nothing of environments and plans that they do not see."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from applications.services import block, deployed, put_in_team
from deployments import services
from deployments.models import Plan
from infrastructure.services import enable_maintenance
from roles.models import Level
from tests.deployments.landscape import Landscape
from tests.factories import SYSTEM, person, role, service_account, team
from users.services import issue_token

BUSY = "'CRM' is being deployed to 'Production' by another plan: wait until it has ended."
HIDDEN = "Something in 'QA', which you may not see, keeps 'CRM' from being deployed."


@pytest.fixture
def land(committed: Landscape) -> Landscape:
    """CRM is blocked in QA, where a higher version runs."""
    land = committed
    deployed(land.crm, by=SYSTEM, environment=land.qa, version=land.versions[land.crm.pk])
    block(land.crm, by=SYSTEM, environment=land.qa, reason="Fraud case 7")
    return land


@pytest.fixture
def plan(land: Landscape) -> Plan:
    plan = land.plan([land.deploy(land.crm)])
    services.save_plan(plan, by=land.ada)
    enable_maintenance(land.qa, by=SYSTEM, reason="Merger")
    return plan


def test_on_the_page_and_in_the_api(land: Landscape, plan: Plan, client: Client) -> None:
    developing = role("Only Development", {land.development: Level.LIST})
    client.force_login(person("dan.dev", developing))
    page = client.get(reverse("deployments:detail", args=[plan.pk]))
    _, token = issue_token(service_account("bot", developing), by=SYSTEM)
    answer = client.get(
        f"/lifetimeapi/rest/v2/deployments/{plan.pk}/", headers={"Authorization": f"Bearer {token}"}
    )
    assert (page.status_code, answer.status_code) == (200, 200)
    for content in (page.content.decode(), answer.content.decode()):
        assert not any(secret in content for secret in ("Fraud", "Merger", "maintenance"))
    assert [conflict.message for conflict in page.context["conflicts"]] == [
        "Something in 'QA', which you may not see, stands in the way.",
        HIDDEN,
    ]
    edited = client.post(reverse("deployments:detail", args=[plan.pk]), {"then": "save"})
    assert edited.status_code == 422
    assert not any(secret in edited.content.decode() for secret in ("Fraud", "Merger", "maintenance"))
    assert answer.json()["ApplicationsToDeploy"][0]["IsNew"]
    client.force_login(land.ada)
    assert "Fraud case 7" in client.get(reverse("deployments:detail", args=[plan.pk])).content.decode()


def test_of_another_plan_that_one_does_not_see(land: Landscape, client: Client) -> None:
    plan = land.plan([land.deploy(land.crm)], target=land.production)
    other = land.plan([land.deploy(land.crm), land.deploy(land.portal)], target=land.production)
    services.start_plan(other, by=land.ada)
    everywhere = dict.fromkeys((land.development, land.production), Level.CHANGE_AND_DEPLOY)
    deployer = person("pat.prod", role("Deploying", everywhere))
    put_in_team(land.portal, by=SYSTEM, team=team("Secret", {deployer: role("Nothing")}))
    client.force_login(deployer)
    page = client.get(reverse("deployments:detail", args=[plan.pk]))
    assert [conflict.message for conflict in page.context["conflicts"]] == [BUSY]
    with pytest.raises(ValidationError) as refused:
        services.start_plan(plan, by=deployer)
    assert refused.value.message_dict["conflicts"] == [BUSY]
