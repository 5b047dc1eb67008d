"""Choosing what a plan does: nothing that is not offered, and no choice is lost on the way."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from applications.models import Application
from applications.services import tag_version
from deployments import services
from deployments.services import Operation
from infrastructure.services import enable_maintenance
from tests.deployments.landscape import Landscape, work
from tests.deployments.readers import lister, options, page, signed_in, text
from tests.factories import SYSTEM, application


@pytest.fixture
def ada(land: Landscape) -> Client:
    return signed_in(land.ada)


def test_an_option_that_is_not_offered_is_not_accepted(land: Landscape, ada: Client) -> None:
    plan = land.plan([land.deploy(land.crm)])
    for value in ("deploy:1.2", "tag:9.9", "explode"):
        response = ada.post(reverse("deployments:detail", args=[plan.pk]), options(land, crm=value))
        assert response.status_code == 422
        assert "Nothing was changed" in text(response)
    assert [one.option for one in plan.applications.all()] == ["Deploy 1.3"]


def test_all_that_changed_is_chosen_at_once(land: Landscape, ada: Client) -> None:
    land.started([land.deploy(land.crm)])
    work()
    plan = land.plan([])
    here = reverse("deployments:detail", args=[plan.pk])
    ada.post(here, {**options(land, crm="nothing", portal="nothing"), "then": "changed"})
    assert [str(one) for one in plan.applications.in_order()] == ["Deploy 1.4 Directory", "Deploy 1.2 Portal"]


def test_a_draft_of_hundreds_is_paged_and_filtered_and_loses_no_choice(land: Landscape, ada: Client) -> None:
    for number in range(60):
        app = application(f"Service {number:02}", land.development)
        tag_version(app, by=SYSTEM, environment=land.development, number="1.0")
    plan = land.plan([land.deploy(land.crm)])
    here = reverse("deployments:detail", args=[plan.pk])
    first = ada.get(here)
    assert len(first.content) < 100_000
    assert "Page 1 of 2" in text(first)
    response = ada.post(here, {**options(land, directory="deploy:1.4", crm="deploy:1.3"), "then": "page 2"})
    assert response["Location"] == f"{here}?page=2"
    assert "Service 59" in text(ada.get(response["Location"]))
    last = Application.objects.get(name="Service 59")
    ada.post(here, {f"option-{last.pk}": "deploy:1.0", "then": "look", "find": "service", "show": "chosen"})
    assert [str(one) for one in plan.applications.in_order()] == [
        "Deploy 1.3 CRM",
        "Deploy 1.4 Directory",
        "Deploy 1.0 Service 59",
    ]
    looked = ada.get(here, {"find": "SERVICE", "show": "chosen"})
    assert [line.application for line in looked.context["form"].lines] == [last]


def test_of_two_who_choose_for_one_application_the_later_one_is_asked(land: Landscape, ada: Client) -> None:
    plan = land.plan([land.deploy(land.crm)])
    here = reverse("deployments:detail", args=[plan.pk])
    seen = ada.get(here).context["stamp"]
    before = options(land, crm="deploy:1.3", directory="nothing", portal="nothing")
    services.choose(plan, by=land.ada, operations=[Operation(land.crm, "nothing")])
    mine = {**before, **options(land, crm="tag:1.4", portal="deploy:1.2"), "stamp": seen, "then": "save"}
    disputed = ada.post(here, mine)
    assert (disputed.status_code, plan.applications.moving().count()) == (409, 0)
    assert "Tag &amp; Deploy 1.4" in text(disputed)
    ada.post(here, {**mine, "stamp": disputed.context["stamp"], "decide": "mine"})
    plan.refresh_from_db()
    assert [str(one) for one in plan.applications.in_order()] == ["Tag & Deploy 1.4 CRM", "Deploy 1.2 Portal"]
    assert plan.saved_by == land.ada


def test_tagging_is_offered_to_who_may_tag(land: Landscape) -> None:
    shown = text(page(signed_in(lister(land)), land.plan()))
    assert "Deploy 1.3" in shown
    assert "Tag &amp; Deploy" not in shown


def test_maintenance_of_either_end_keeps_a_plan_as_it_is(land: Landscape, ada: Client) -> None:
    plan = land.plan([])
    enable_maintenance(land.qa, by=SYSTEM, reason="New disks")
    here = reverse("deployments:detail", args=[plan.pk])
    assert "options of this plan stay as they are" in text(ada.get(here))
    assert "<select" not in text(ada.get(here))
    response = ada.post(here, {**options(land, crm="deploy:1.3"), "then": "save"})
    assert (response.status_code, plan.applications.count()) == (422, 0)
    for source, target in ((land.qa, land.production), (land.development, land.qa)):
        with pytest.raises(ValidationError, match="New disks"):
            land.plan([], source=source, target=target)
