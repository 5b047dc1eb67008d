"""The pages of plans: hidden is 404, buttons are for who may, and a list costs the same however long it is."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications.services import block, put_in_team, tag_version
from audit.models import Event
from deployments import services
from deployments.models import Plan
from deployments.services import Operation
from tests.deployments.landscape import Landscape, status, work
from tests.deployments.readers import lister, options, page, signed_in, text
from tests.factories import SYSTEM, role, team

STEPS = ("notes", "start", "continue", "abort", "force", "discard", "reuse", "retry")


@pytest.fixture
def ada(land: Landscape) -> Client:
    return signed_in(land.ada)


def test_a_hidden_plan_is_404_everywhere_and_the_same_as_none(land: Landscape) -> None:
    user = lister(land)
    put_in_team(land.crm, by=SYSTEM, team=team("Secret", {user: role("Nothing")}))
    plan, client = land.plan(), signed_in(user)
    absent = "00000000-0000-4000-8000-00000000dead"
    for name in ("detail", "progress", *STEPS):
        hidden = client.get(reverse(f"deployments:{name}", args=[plan.pk]))
        none = client.get(reverse(f"deployments:{name}", args=[absent]))
        posted = client.post(reverse(f"deployments:{name}", args=[plan.pk]))
        assert (hidden.status_code, none.status_code, posted.status_code) == (404, 404, 404), name
    listed = text(client.get("/deployments/"))
    assert f"{plan.pk}" not in listed
    assert "No deployment plans yet" in listed
    for search in ("CRM", str(plan.number), "Ada"):
        assert f"{plan.pk}" not in text(client.get("/deployments/", {"text": search}))
    assert status(plan) == Plan.Status.DRAFT


def test_nobody_signed_out_sees_anything(land: Landscape) -> None:
    plan = land.plan()
    for name in ("detail", "progress", *STEPS):
        response = page(Client(), plan, name)
        assert response.status_code == 302, name
        assert response["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    ("state", "ada_sees", "lister_sees"),
    [
        (
            Plan.Status.DRAFT,
            {"discard", "launch", "save", "validate"},
            {"save", "validate"},
        ),
        (
            Plan.Status.SAVED,
            {"discard", "launch", "save", "validate"},
            {"save", "validate"},
        ),
        (Plan.Status.RUNNING, {"abort", "notes"}, {"notes"}),
        (Plan.Status.WAITING, {"abort", "continue", "notes"}, {"notes"}),
        (Plan.Status.ABORTING, {"notes"}, {"notes"}),
        (Plan.Status.ABORTED, {"retry", "notes"}, {"retry", "notes"}),
        (Plan.Status.SUCCESSFUL, {"reuse", "notes"}, {"reuse", "notes"}),
        (Plan.Status.WITH_ERRORS, {"reuse", "notes"}, {"reuse", "notes"}),
    ],
)
def test_a_page_offers_what_its_reader_may_do_next(
    land: Landscape, state: Plan.Status, ada_sees: set[str], lister_sees: set[str]
) -> None:
    plan = land.plan()
    Plan.objects.filter(pk=plan.pk).update(status=state)
    for user, expected in ((land.ada, ada_sees), (lister(land), lister_sees)):
        shown = text(page(signed_in(user), plan))
        offered = {name for name in STEPS if reverse(f"deployments:{name}", args=[plan.pk]) in shown}
        offered |= {name for name in ("launch", "save", "validate") if f'name="then" value="{name}"' in shown}
        assert offered == expected
        assert reverse("audit:change_log", args=["deployment_plan", plan.pk]) in shown


def test_a_step_one_may_not_take_is_403_and_on_record(land: Landscape) -> None:
    client, plan = signed_in(lister(land)), land.plan()
    for name in ("start", "discard"):
        response = client.post(reverse(f"deployments:{name}", args=[plan.pk]))
        assert response.status_code == 403
        assert "Change and Deploy in the target" in text(response)
        assert Event.objects.latest("id").outcome == "refused"
    assert status(plan) == Plan.Status.DRAFT


def test_one_walks_from_a_new_plan_to_its_end(land: Landscape, ada: Client) -> None:
    response = ada.post("/deployments/new/", {"source": land.development.pk, "target": land.qa.pk})
    plan = Plan.objects.get()
    here = reverse("deployments:detail", args=[plan.pk])
    assert response["Location"] == here

    shown = text(ada.get(here))
    for option in ("Do nothing", "Deploy 1.3", "Tag &amp; Deploy 1.4"):
        assert option in shown
    chosen = {**options(land, crm="deploy:1.3", portal="tag:1.3", directory="nothing"), "notes": "Tonight"}
    response = ada.post(here, {**chosen, "then": "validate"}, follow=True)
    assert [one.option for one in plan.applications.in_order()] == ["Deploy 1.3", "Tag & Deploy 1.3"]
    assert "nothing stands in the way" in text(response)
    assert status(plan) == Plan.Status.DRAFT

    response = ada.post(here, {**chosen, "then": "save"}, follow=True)
    assert "The plan is saved." in text(response)
    assert (status(plan), Plan.objects.get().notes) == (Plan.Status.SAVED, "Tonight")
    review = ada.post(here, {**chosen, "then": "launch"}, follow=True)
    assert "2 applications will change in QA" in text(review)
    assert status(plan) == Plan.Status.SAVED
    response = ada.post(reverse("deployments:start", args=[plan.pk]), follow=True)
    assert "0 of 2 applications deployed" in text(response)
    work()
    shown = text(ada.get(here))
    assert "2 of 2 applications deployed" in shown
    assert "first version there" in shown
    assert "Deployed CRM 1.3 in QA" in shown
    assert "Deployed CRM 1.3 in QA" in b"".join(ada.get(reverse("deployments:log", args=[plan.pk]))).decode()

    tag_version(land.crm, by=SYSTEM, environment=land.development, number="1.4")
    second = land.started([Operation(land.crm, "deploy", land.crm.versions.get(number="1.4"))])
    work()
    assert "was 1.3 before this plan" in text(page(ada, second))


def test_a_second_click_does_nothing_and_says_so_on_the_plan(land: Landscape, ada: Client) -> None:
    plan = land.plan(target=land.production)
    here = reverse("deployments:detail", args=[plan.pk])

    def again(step: str) -> None:
        address = reverse(f"deployments:{step}", args=[plan.pk])
        ada.post(address)
        before = (status(plan), Event.objects.filter(is_update=True).count())
        response = ada.post(address, follow=True)
        assert response.redirect_chain == [(here, 302)]
        assert "Nothing was done. Deployment plan" in text(response)
        assert (status(plan), Event.objects.filter(is_update=True).count()) == before

    again("start")
    response = ada.post(here, {**options(land, crm="nothing"), "notes": "Typed", "then": "save"}, follow=True)
    assert "Nothing was done. Deployment plan" in text(response)
    assert (status(plan), Plan.objects.get().notes) == (Plan.Status.RUNNING, "Typed")
    assert plan.applications.moving().count() == 3
    work()
    again("continue")
    again("abort")


def test_conflicts_are_shown_and_keep_the_button_away(land: Landscape, ada: Client) -> None:
    block(land.crm, by=SYSTEM, environment=land.qa, reason="Legal review")
    plan = land.plan()
    shown = text(page(ada, plan))
    assert "&#x27;CRM&#x27; is blocked in &#x27;QA&#x27; (Legal review)" in shown
    assert reverse("deployments:start", args=[plan.pk]) not in shown
    response = ada.post(reverse("deployments:start", args=[plan.pk]))
    assert response.status_code == 422
    assert text(response).count("Legal review") == 1
    assert "Legal review" in text(response)


def test_progress_is_read_again_without_a_new_event_and_asks_for_the_page_when_it_moved_on(
    land: Landscape, ada: Client
) -> None:
    plan = land.started()
    assert 'data-hx-trigger="every 2s"' in text(page(ada, plan))
    before = Event.objects.count()
    address = reverse("deployments:progress", args=[plan.pk])
    assert "HX-Refresh" not in ada.get(address, {"status": "running"}).headers
    assert Event.objects.count() == before
    work()
    assert ada.get(address, {"status": "running"}).headers["HX-Refresh"] == "true"
    assert "hx-get" not in text(page(ada, plan))


def test_opening_a_plan_is_an_event(land: Landscape, ada: Client) -> None:
    plan = land.plan()
    page(ada, plan)
    event = Event.objects.latest("id")
    assert (event.sentence, event.is_update) == (f"Accessed deployment plan {plan} details", False)


def test_reuse_and_retry_make_drafts(land: Landscape, ada: Client) -> None:
    done = land.started([land.deploy(land.crm)])
    work()
    places = {"source": land.qa.pk, "target": land.production.pk}
    response = ada.post(reverse("deployments:reuse", args=[done.pk]), places, follow=True)
    assert "This is a new draft" in text(response)
    aborted = land.started([land.deploy(land.portal)])
    services.abort_plan(aborted, by=land.ada)
    work()
    ada.post(reverse("deployments:retry", args=[aborted.pk]))
    newest = Plan.objects.newest_first()[:1][0]
    assert (newest.status, newest.source, newest.target) == (Plan.Status.DRAFT, land.development, land.qa)
    response = ada.post(reverse("deployments:retry", args=[done.pk]), follow=True)
    assert "can be retried" in text(response)
    assert Plan.objects.count() == 4


def test_aborting_and_discarding_are_asked_about_first(land: Landscape, ada: Client) -> None:
    plan = land.plan()
    assert "Discard deployment plan" in text(page(ada, plan, "discard"))
    assert Plan.objects.filter(pk=plan.pk).exists()
    response = ada.post(reverse("deployments:discard", args=[plan.pk]), follow=True)
    assert f"Deployment plan {plan} was discarded." in text(response)
    assert not Plan.objects.filter(pk=plan.pk).exists()


def test_a_plan_costs_the_same_however_much_is_in_it(
    land: Landscape, ada: Client, django_assert_max_num_queries: Any
) -> None:
    """In every state, for somebody who sees least and for somebody who may everything."""
    work_left = [land.plan([land.deploy(land.crm)]), land.plan(target=land.production)]
    block(land.portal, by=SYSTEM, environment=land.production, reason="Legal review")
    done = land.started()
    work()
    under_way = land.started(target=land.production, operations=[land.deploy(land.directory)])
    for client in (ada, signed_in(lister(land, land.production))):
        for plan in (*work_left, done, under_way):
            with django_assert_max_num_queries(12):
                assert page(client, plan).status_code == 200
    with django_assert_max_num_queries(12):
        assert page(ada, under_way, "progress").status_code == 200
    with django_assert_max_num_queries(12):
        assert page(ada, work_left[1], "start").status_code == 200
