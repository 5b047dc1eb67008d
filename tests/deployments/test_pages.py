"""The pages of plans: hidden is 404, buttons are for who may, and a list costs the same however long it is."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from applications.services import block, put_in_team
from audit.models import Event
from deployments import services
from deployments.models import Plan
from deployments.services import Operation
from roles.models import Level
from tests.deployments.landscape import Landscape, status, work
from tests.factories import SYSTEM, person, role, team
from users.models import User

STEPS = ("edit", "notes", "save", "start", "continue", "abort", "discard", "reuse", "retry")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ada(land: Landscape) -> Client:
    return signed_in(land.ada)


def lister(land: Landscape) -> User:
    return person("lister", role("Lister", {land.development: Level.LIST, land.qa: Level.LIST}))


def page(client: Client, plan: Plan, name: str = "detail") -> Any:
    return client.get(reverse(f"deployments:{name}", args=[plan.pk]))


def text(response: Any) -> str:
    return str(response.content.decode())


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
            {"edit", "save", "start", "discard"},
            {"edit", "save"},
        ),
        (
            Plan.Status.SAVED,
            {"edit", "save", "start", "discard"},
            {"edit", "save"},
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
    places = {"source": land.development.pk, "target": land.qa.pk}
    response = ada.post("/deployments/new/", places)
    plan = Plan.objects.get()
    assert response["Location"] == reverse("deployments:edit", args=[plan.pk])

    shown = text(page(ada, plan, "edit"))
    for option in ("Do nothing", "Deploy 1.3", "Tag &amp; Deploy 1.4"):
        assert option in shown
    crm, portal = f"option-{land.crm.pk}", f"option-{land.portal.pk}"
    chosen = {crm: f"deploy:{land.versions[land.crm.pk].pk}", portal: "tag:1.3"}
    chosen[f"option-{land.directory.pk}"] = "nothing"
    response = ada.post(reverse("deployments:edit", args=[plan.pk]), chosen, follow=True)
    assert [one.option for one in plan.applications.in_order()] == ["Deploy 1.3", "Tag & Deploy 1.3"]
    assert "nothing stands in the way" in text(response)

    response = ada.post(reverse("deployments:save", args=[plan.pk]), {"notes": "Tonight"}, follow=True)
    assert "The plan is saved." in text(response)
    response = ada.post(reverse("deployments:start", args=[plan.pk]), follow=True)
    assert "0 of 2 applications deployed" in text(response)
    work()
    shown = text(page(ada, plan))
    assert "2 of 2 applications deployed" in shown
    assert "Deployed CRM 1.3 in QA" in shown


def test_an_option_that_is_not_offered_is_not_accepted(land: Landscape, ada: Client) -> None:
    plan = land.plan([land.deploy(land.crm)])
    address = reverse("deployments:edit", args=[plan.pk])
    for value in ("deploy:00000000-0000-4000-8000-00000000dead", "tag:9.9", "explode"):
        response = ada.post(address, {f"option-{land.crm.pk}": value})
        assert response.status_code == 422
        assert "Some options cannot be chosen any more" in text(response)
    assert [one.option for one in plan.applications.all()] == ["Deploy 1.3"]


def test_all_that_changed_is_suggested(land: Landscape, ada: Client) -> None:
    land.started([land.deploy(land.crm)])
    work()
    plan = land.plan([])
    form = ada.get(reverse("deployments:edit", args=[plan.pk]), {"changed": ""}).context["form"]
    suggested = {line.application.name: field.initial for line, field in form.rows()}
    assert suggested == {
        "CRM": "nothing",
        "Directory": f"deploy:{land.versions[land.directory.pk].pk}",
        "Portal": f"deploy:{land.versions[land.portal.pk].pk}",
    }


def test_tagging_is_offered_to_who_may_tag(land: Landscape) -> None:
    shown = text(page(signed_in(lister(land)), land.plan(), "edit"))
    assert "Deploy 1.3" in shown
    assert "Tag &amp; Deploy" not in shown


def test_conflicts_are_shown_and_keep_the_button_away(land: Landscape, ada: Client) -> None:
    block(land.crm, by=SYSTEM, environment=land.qa, reason="Legal review")
    plan = land.plan()
    shown = text(page(ada, plan))
    assert "&#x27;CRM&#x27; is blocked in &#x27;QA&#x27;: Legal review" in shown
    assert reverse("deployments:start", args=[plan.pk]) not in shown
    response = ada.post(reverse("deployments:start", args=[plan.pk]))
    assert response.status_code == 422
    assert "Legal review" in text(response)


def test_progress_is_read_again_without_a_new_event_and_asks_for_the_page_when_it_moved_on(
    land: Landscape, ada: Client
) -> None:
    plan = land.started()
    assert 'hx-trigger="every 2s"' in text(page(ada, plan))
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
    response = ada.post(reverse("deployments:retry", args=[done.pk]))
    assert response.status_code == 422


def test_aborting_and_discarding_are_asked_about_first(land: Landscape, ada: Client) -> None:
    plan = land.plan()
    assert "Discard deployment plan" in text(page(ada, plan, "discard"))
    assert Plan.objects.filter(pk=plan.pk).exists()
    response = ada.post(reverse("deployments:discard", args=[plan.pk]), follow=True)
    assert f"Deployment plan {plan} was discarded." in text(response)
    assert not Plan.objects.filter(pk=plan.pk).exists()


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
    assert found(status="draft") == {portal}
    assert found(since="2000-01-01", until="2000-01-02") == set()
    assert found(since="2000-01-01") == {crm, portal}
    assert found(target="nonsense", since="nonsense") == {crm, portal}
    assert found(text="9" * 50) == found(text="²") == set()


LIST_QUERIES = (
    8  # session, user, record, filter, whether a plan can be made, and the plans: how many, which, with what
)


def test_a_list_costs_the_same_however_long_it_is(
    land: Landscape, ada: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    land.plan([land.deploy(land.crm)])
    ada.get("/deployments/")
    for length in (1, 9):
        for _ in range(length - 1):
            land.plan([land.deploy(land.crm), Operation(land.portal, "nothing")])
        with django_assert_num_queries(LIST_QUERIES):
            assert len(ada.get("/deployments/").context["object_list"]) == length


def test_older_plans_are_a_page_away_and_keep_the_filter(land: Landscape, ada: Client) -> None:
    for _ in range(52):
        land.plan([])
    response = ada.get("/deployments/", {"status": "draft"})
    assert len(response.context["object_list"]) == 50
    assert 'href="?status=draft&amp;page=2" rel="next"' in text(response)
    assert len(ada.get("/deployments/?status=draft&page=2").context["object_list"]) == 2
