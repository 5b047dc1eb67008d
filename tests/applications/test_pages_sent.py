"""What the forms of applications do, and how they answer nonsense."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from applications import services
from applications.models import Application
from audit.activity import Refused
from audit.models import Event
from infrastructure.services import enable_maintenance
from roles.models import Level
from tests.applications.landscape import Landscape
from tests.factories import SYSTEM, application, person, role, team


def post(client: Client, here: Landscape, page: str, *more: object, **data: object) -> int:
    address = reverse(f"applications:{page}", args=[here.shop.pk, *more])
    return client.post(address, data).status_code


def test_every_form_does_its_step(here: Landscape, client: Client) -> None:
    client.force_login(here.administrator)
    shop, place, ana = here.shop, here.development.pk, person("ana.lopes")
    steps: list[tuple[str, Callable[[], int], Callable[[], object], object]] = [
        (
            "edit",
            lambda: post(client, here, "edit", name="Store", technology="Mobile"),
            lambda: _name(here),
            "Store",
        ),
        (
            "tag",
            lambda: post(client, here, "tag", place, number="1.0"),
            lambda: str(shop.versions.get()),
            "1.0",
        ),
        (
            "publish",
            lambda: post(client, here, "publish", place),
            lambda: shop.statuses.get().is_modified,
            True,
        ),
        ("again", lambda: post(client, here, "tag", place, number="1.1"), shop.versions.count, 2),
        ("delete", lambda: post(client, here, "delete_version", _first(here)), shop.versions.count, 1),
        ("block", lambda: post(client, here, "block", place, reason="Frozen"), shop.blocks.count, 1),
        ("unblock", lambda: post(client, here, "unblock", place), shop.blocks.count, 0),
        (
            "grant",
            lambda: post(client, here, "grant_role", user=ana.pk, role=ana.role.pk),
            shop.roles.count,
            2,
        ),
        (
            "change",
            lambda: post(client, here, "change_role", ana.pk, role=here.lister.role.pk),
            shop.roles.count,
            2,
        ),
        ("revoke", lambda: post(client, here, "revoke_role", ana.pk), shop.roles.count, 1),
        ("take out", lambda: post(client, here, "take_out_of_team"), here.payments.applications.count, 0),
    ]
    for label, send, count, expected in steps:
        assert send() == 302, label
        assert count() == expected, label
    joining = reverse("applications:put_in_team", args=[here.payments.pk])
    review = client.post(joining, {"application": shop.pk})
    sent = {"application": shop.pk, "reviewed": review.context["preview"].digest}
    assertRedirects(client.post(joining, sent), reverse("teams:detail", args=[here.payments.pk]))
    assert here.payments.applications.get() == shop


def _name(here: Landscape) -> str:
    return str(Application.objects.get(pk=here.shop.pk))


def _first(here: Landscape) -> object:
    return here.shop.versions.get(number="1.0").pk


def test_creating_leads_to_the_new_application(here: Landscape, client: Client) -> None:
    client.force_login(here.developer)
    data = {"name": "Ledger", "environment": here.development.pk, "technology": "WebResponsive"}
    answer = client.post(reverse("applications:create"), data)
    ledger = Application.objects.get(name="Ledger")
    assertRedirects(answer, reverse("applications:detail", args=[ledger.pk]))


def test_one_creates_only_where_and_for_whom_one_may(here: Landscape, client: Client) -> None:
    client.force_login(here.developer)
    data = {"name": "Ledger", "environment": here.production.pk, "technology": "WebResponsive"}
    assert client.post(reverse("applications:create"), data).status_code == 422
    assert not Application.objects.filter(name="Ledger").exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("edit", {"name": "", "technology": "Mobile"}),
        ("edit", {"name": "x" * 51, "technology": "Mobile"}),
        ("edit", {"name": "a\0b", "technology": "Mobile"}),
        ("edit", {"name": "a\u202eb", "technology": "Mobile"}),
        ("edit", {"name": "Shop", "technology": "Cobol"}),
        ("tag", {}),
        ("tag", {"number": "01.1"}),
        ("tag", {"number": "1.1", "change_log": "x" * 2001}),
        ("block", {"reason": " "}),
        ("block", {"reason": "x" * 501}),
        ("grant_role", {}),
        ("grant_role", {"user": "nonsense", "role": "nonsense"}),
        ("grant_role", {"user": str(uuid4()), "role": str(uuid4())}),
    ],
)
def test_nonsense_is_answered_at_the_field_and_nothing_is_done(
    here: Landscape, client: Client, name: str, data: dict[str, str]
) -> None:
    client.force_login(here.administrator)
    more = [here.development.pk] if name in {"tag", "block"} else []
    last = Event.objects.latest("pk").pk
    answer = client.post(reverse(f"applications:{name}", args=[here.shop.pk, *more]), data)
    assert answer.status_code == 422
    assertContains(answer, "errorlist", status_code=422)
    assert not Event.objects.filter(pk__gt=last, is_update=True).exists()


def test_what_the_service_finds_wrong_stands_above_the_form(here: Landscape, client: Client) -> None:
    enable_maintenance(here.development, by=SYSTEM, reason="New disks")
    client.force_login(here.developer)
    address = reverse("applications:tag", args=[here.shop.pk, here.development.pk])
    answer = client.post(address, {"number": "1.0", "change_log": "All new"})
    assertContains(answer, "Development is in maintenance mode (New disks)", status_code=422)
    assertContains(answer, "All new", status_code=422)


def test_a_role_above_ones_own_that_is_posted_all_the_same_is_refused(
    here: Landscape, client: Client
) -> None:
    ana = person("ana.lopes")
    client.force_login(here.steward)
    address = reverse("applications:grant_role", args=[here.shop.pk])
    data = {"user": ana.pk, "role": here.administrator.role.pk}
    assert client.post(address, data).status_code == 403
    assert Event.objects.latest("pk").outcome == "refused"
    assertNotContains(client.get(address), "Administrator")


def test_an_application_of_a_team_that_one_does_not_manage_is_not_taken(
    here: Landscape, client: Client
) -> None:
    sales = team("Sales", {here.developer: here.lead.memberships.get().role})
    client.force_login(here.developer)
    address = reverse("applications:put_in_team", args=[sales.pk])
    assertNotContains(client.get(address), "Shop")
    assert client.post(address, {"application": here.shop.pk}).status_code == 422
    assert Application.objects.get(pk=here.shop.pk).team == here.payments


def test_nobody_gets_an_application_of_no_team_by_putting_it_into_their_own(
    here: Landscape, client: Client
) -> None:
    core = application("Core", here.production)
    leader = person("tim.lead", here.lister.role)
    sales = team("Sales", {leader: role("Selling", {here.production: Level.FULL_CONTROL}, manage_teams=True)})
    client.force_login(leader)
    address = reverse("applications:put_in_team", args=[sales.pk])
    assertNotContains(client.get(address), "Core")
    assert client.post(address, {"application": core.pk}).status_code == 422
    with pytest.raises(Refused):
        services.put_in_team(core, by=leader, team=sales)
    assert Event.objects.latest("pk").outcome == "refused"
    services.grant_role(core, by=here.administrator, user=leader, role=leader.memberships.get().role)
    assert client.post(address, {"application": core.pk}).status_code == 302
