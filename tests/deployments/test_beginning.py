"""Beginning a plan from an arrow between two environments, and all at once from a program."""

from typing import Any

import pytest
from django.test import Client

from applications.services import put_in_team, report_change
from audit.activity import Refused
from audit.models import Event
from deployments import services
from deployments.models import Plan
from deployments.services import Operation
from tests.deployments.landscape import Landscape
from tests.deployments.readers import lister, signed_in
from tests.factories import SYSTEM, role, team

ABSENT = "00000000-0000-4000-8000-00000000dead"


def asked(client: Client, **query: Any) -> Any:
    return client.get("/deployments/new/", query)


def test_an_arrow_leads_to_a_plan_with_its_application_chosen(land: Landscape) -> None:
    ada = signed_in(land.ada)
    arrow = {"source": land.qa.pk, "target": land.production.pk, "application": [land.crm.pk, land.portal.pk]}
    response = asked(ada, **arrow)
    form = response.context["form"]
    assert (form["source"].value(), form["target"].value()) == (land.qa.pk, land.production.pk)
    assert "<b>CRM</b>, <b>Portal</b>" in response.content.decode()
    assert "does not exist" not in response.content.decode()

    report_change(land.portal, by=SYSTEM, environment=land.development)
    places = {"source": land.development.pk, "target": land.qa.pk}
    ada.post("/deployments/new/", {**places, "application": [land.crm.pk, land.portal.pk]})
    plan = Plan.objects.get()
    assert [str(one) for one in plan.applications.in_order()] == ["Deploy 1.3 CRM", "Tag & Deploy 1.3 Portal"]


@pytest.mark.parametrize("key", [ABSENT, "nonsense", ""])
def test_what_is_not_there_is_said_and_the_rest_kept(land: Landscape, key: str) -> None:
    ada = signed_in(land.ada)
    for name in ("source", "target", "application"):
        query = {"source": land.qa.pk, "target": land.production.pk, "application": land.crm.pk, name: key}
        response = asked(ada, **query)
        assert response.status_code == 200
        assert "does not exist, or that you may not see" in response.content.decode()
        if name != "application":
            assert "<b>CRM</b>" in response.content.decode()


def test_a_hidden_application_is_answered_like_none_and_cannot_be_slipped_in(land: Landscape) -> None:
    user = lister(land)
    put_in_team(land.crm, by=SYSTEM, team=team("Secret", {user: role("Nothing")}))
    client = signed_in(user)
    hidden, none = (asked(client, application=key).content.decode() for key in (land.crm.pk, ABSENT))
    assert "CRM" not in hidden
    assert hidden.count("does not exist, or that you may not see") == none.count("does not exist") == 1
    places = {"source": land.development.pk, "target": land.qa.pk}
    for key in (land.crm.pk, ABSENT):
        assert client.post("/deployments/new/", {**places, "application": key}).status_code == 422
    assert not Plan.objects.exists()


def test_a_plan_that_may_not_be_saved_leaves_no_draft(committed: Landscape) -> None:
    land, user = committed, lister(committed)
    places: dict[str, Any] = {"by": user, "source": land.development, "target": land.qa}
    with pytest.raises(Refused):
        services.create_saved_plan(
            operations=[Operation(land.crm, "tag_and_deploy", new_number="2.0")], **places
        )
    assert not Plan.objects.exists()
    assert Event.objects.latest("id").outcome == "refused"

    plan = services.create_saved_plan(operations=[land.deploy(land.crm)], notes="Tonight", **places)
    assert (plan.status, plan.saved_by, plan.notes) == (Plan.Status.SAVED, user, "Tonight")
    told = Event.objects.filter(request_id=Event.objects.latest("id").request_id).values_list(
        "activity", flat=True
    )
    assert {name.split(".")[-1] for name in told} == {"created", "selected", "saved"}
