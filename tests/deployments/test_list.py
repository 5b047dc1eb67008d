"""The list of plans: its filters, its pages, and what it costs."""

from typing import Any

import pytest
from django.test import Client

from deployments import services
from deployments.models import Plan
from deployments.services import Operation
from tests.deployments.landscape import Landscape
from tests.deployments.readers import lister, signed_in, text


@pytest.fixture
def ada(land: Landscape) -> Client:
    return signed_in(land.ada)


def test_the_list_is_filtered(land: Landscape, ada: Client) -> None:
    crm = land.plan([land.deploy(land.crm)])
    services.save_plan(crm, by=land.ada, notes="Release train")
    portal = land.plan([land.deploy(land.portal)], target=land.production)

    def found(**query: Any) -> set[Plan]:
        return set(ada.get("/deployments/", query).context["object_list"])

    assert found() == {crm, portal}
    assert found(text="crm") == found(text="train") == found(text=f"#{crm.number}") == {crm}
    assert found(text="ada") == {crm, portal}
    assert found(text="nobody") == set()
    assert found(target=land.production.pk) == {portal}
    assert found(source=land.qa.pk) == set()
    assert found(source=land.development.pk) == {crm, portal}
    assert found(status="draft") == {portal}
    assert found(since="2000-01-01", until="2000-01-02") == set()
    assert found(since="2000-01-01") == {crm, portal}
    assert found(target="nonsense", since="nonsense") == {crm, portal}
    assert found(text="9" * 50) == found(text="²") == set()


def test_a_list_costs_the_same_however_long_it_is(
    land: Landscape, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(lister(land))
    land.plan([land.deploy(land.crm)])
    for length in (1, 9):
        for _ in range(length - 1):
            land.plan([land.deploy(land.crm), Operation(land.portal, "nothing")])
        with django_assert_max_num_queries(9):
            assert (
                len(client.get("/deployments/", {"target": str(land.qa.pk)}).context["object_list"]) == length
            )


def test_older_plans_are_a_page_away_and_keep_the_filter(land: Landscape, ada: Client) -> None:
    plans = [land.plan([]) for _ in range(52)]
    response = ada.get("/deployments/", {"status": "draft"})
    assert response.context["object_list"] == plans[:1:-1]
    assert "52 plans" in text(response)
    older = f"?status=draft&before={plans[2].number}"
    assert response.context["older"] == older
    rest = ada.get(f"/deployments/{older}")
    assert rest.context["object_list"] == [plans[1], plans[0]]
    newer = ada.get(f"/deployments/{rest.context['newer']}")
    assert newer.context["object_list"] == plans[:1:-1]
    assert (newer.context["newer"], rest.context["older"]) == ("", "")
