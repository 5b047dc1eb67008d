"""Who may do what with an application: who is shown to whom, by which role; what a change costs is said first."""

from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from applications import services
from applications.models import Application
from roles.models import Level
from teams.services import add_member
from tests.applications.landscape import Landscape
from tests.factories import SYSTEM, person, role, team
from users.services import deactivate_user


def shown(client: Client, here: Landscape, **query: str) -> dict[str, tuple[str, str, list[str]]]:
    """Return by username the role, how it is held, and the levels."""
    page = client.get(reverse("applications:permissions", args=[here.shop.pk]), query)
    return {
        holder.user.username: (
            str(holder.role),
            holder.held_as,
            [level.name for _, level in holder.levels],
        )
        for holder in page.context["holders"]
    }


def test_whoever_manages_users_sees_everybody_and_by_which_role(here: Landscape, client: Client) -> None:
    client.force_login(here.administrator)
    people = shown(client, here)
    assert people["stu.steward"] == ("Stewarding", "application", ["LIST", "NO_ACCESS"])
    assert people["lena.lead"] == ("Leading", "team", ["CHANGE_AND_DEPLOY", "NO_ACCESS"])
    assert people["dev.ops"] == ("Developing", "default", ["CHANGE_AND_DEPLOY", "LIST"])
    assert people["ada.admin"] == ("Administrator", "default", ["FULL_CONTROL", "FULL_CONTROL"])
    assert "out.sider" not in people
    assert list(people)[:2] == ["stu.steward", "lena.lead"]
    assert list(shown(client, here, text="STEW")) == ["stu.steward"]
    assert shown(client, here, text="nobody") == {}


def test_whoever_manages_the_team_sees_its_people(here: Landscape, client: Client) -> None:
    client.force_login(here.lead)
    people = shown(client, here)
    assert list(people) == ["stu.steward", "lena.lead"]
    assert people["lena.lead"][2] == ["CHANGE_AND_DEPLOY"]  # of the environment she enters


def test_others_see_who_has_a_role_for_it_alone_and_no_levels(here: Landscape, client: Client) -> None:
    client.force_login(here.lister)
    assert shown(client, here) == {"stu.steward": ("Stewarding", "application", [])}
    page = client.get(reverse("applications:permissions", args=[here.shop.pk]))
    assertNotContains(page, "Revoke")
    client.force_login(here.steward)
    assert shown(client, here)["stu.steward"][2] == ["LIST"]


def test_who_is_inactive_or_hides_behind_another_role_is_shown_as_it_counts(
    here: Landscape, client: Client
) -> None:
    add_member(here.payments, by=SYSTEM, user=here.steward, role=here.lead.memberships.get().role)
    deactivate_user(here.lead, by=SYSTEM)
    client.force_login(here.administrator)
    people = shown(client, here)
    assert people["stu.steward"][:2] == ("Stewarding", "application")
    assert people["lena.lead"] == ("Leading", "team", ["NO_ACCESS", "NO_ACCESS"])


# What it costs


def test_taking_an_application_out_of_its_team_says_who_loses_what(here: Landscape, client: Client) -> None:
    client.force_login(here.administrator)
    page = client.get(reverse("applications:take_out_of_team", args=[here.shop.pk]))
    assertContains(page, "Lena Lead")
    assertContains(page, "Change and Deploy Applications")
    assertContains(page, "What it costs")
    assert Application.objects.get(pk=here.shop.pk).team == here.payments


def test_what_revoking_a_role_takes_away_is_said_first(here: Landscape, client: Client) -> None:
    client.force_login(here.administrator)
    page = client.get(reverse("applications:revoke_role", args=[here.shop.pk, here.steward.pk]))
    assertContains(page, "Stu Steward")
    assertContains(page, "List Applications")
    assert here.shop.roles.count() == 1


def test_a_role_that_takes_something_away_is_reviewed_before_it_is_granted(
    here: Landscape, client: Client
) -> None:
    client.force_login(here.administrator)
    entering = here.outsider.role
    address = reverse("applications:grant_role", args=[here.shop.pk])
    sent = {"user": str(here.developer.pk), "role": str(entering.pk)}
    page = client.post(address, sent)
    assertContains(page, "Nothing is saved yet")
    assertContains(page, "Dev Ops")
    assert here.shop.roles.count() == 1
    reviewed = {**sent, "reviewed": page.context["preview"].digest}
    assertRedirects(client.post(address, reviewed), reverse("applications:detail", args=[here.shop.pk]))
    assert here.shop.roles.count() == 2


def test_putting_it_in_another_team_says_who_gets_and_who_loses(here: Landscape, client: Client) -> None:
    seller = person("sel.ler", here.outsider.role)
    sales = team("Sales", {seller: role("Selling", {here.development: Level.OPEN})})
    client.force_login(here.administrator)
    address = reverse("applications:join_team", args=[here.shop.pk])
    assertContains(client.get(address), "Sales (1 person)")
    page = client.post(address, {"team": str(sales.pk)})
    for words in ("Lena Lead", "Sel Ler", "Open and Debug Applications"):
        assertContains(page, words)
    assert Application.objects.get(pk=here.shop.pk).team == here.payments
    client.post(address, {"team": str(sales.pk), "reviewed": page.context["preview"].digest})
    assert Application.objects.get(pk=here.shop.pk).team == sales


def test_what_would_be_where_one_may_not_go_is_not_said(here: Landscape, client: Client) -> None:
    levels = {here.development: Level.CHANGE_AND_DEPLOY, here.production: Level.CHANGE_AND_DEPLOY}
    deployer = person("dep.loyer", here.lister.role)
    add_member(here.payments, by=SYSTEM, user=deployer, role=role("Deploying", levels))
    client.force_login(here.lead)  # enters Development only
    page = client.get(reverse("applications:take_out_of_team", args=[here.shop.pk]))
    assertContains(page, "Dep Loyer")
    assertNotContains(page, "Production")


def test_one_puts_only_what_one_may_move_and_only_in_teams_that_one_manages(
    here: Landscape, client: Client
) -> None:
    team("Sales")
    client.force_login(here.lead)
    assertNotContains(client.get(reverse("applications:detail", args=[here.shop.pk])), "Put in")
    address = reverse("applications:join_team", args=[here.shop.pk])
    assertNotContains(client.get(address), "Sales")
    services.take_out_of_team(here.shop, by=SYSTEM)
    client.force_login(here.manager)
    assertContains(client.get(reverse("applications:detail", args=[here.shop.pk])), "Put in a team")
