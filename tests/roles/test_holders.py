"""Who holds a role: everybody once, with where."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications.services import grant_role
from roles.holders import NAMED
from tests.factories import SYSTEM, administrator, application, environment, person, role, team

pytestmark = pytest.mark.django_db


def held(client: Client, tester: Any) -> list[tuple[str, bool, list[str], int, list[str], int]]:
    answer = client.get(reverse("roles:detail", args=[tester.pk]))
    return [
        (
            str(holder.account),
            holder.by_default,
            holder.teams.names,
            holder.teams.unnamed,
            holder.applications.names,
            holder.applications.unnamed,
        )
        for holder in answer.context["holders"]
    ]


def test_everybody_stands_once_with_all_that_they_hold_the_role_for(client: Client) -> None:
    here, tester = environment(), role("Tester")
    ana, jun, _ = person("ana.lopes", tester), person("jun.sato"), person("rui.mendes", tester)
    team("Payments", {ana: tester, jun: role("Other")})
    team("Logistics", {ana: tester})
    for number in range(NAMED + 2):
        grant_role(application(f"App {number}", here), by=SYSTEM, user=jun, role=tester)
    client.force_login(administrator())
    assert held(client, tester) == [
        ("Ana Lopes", True, ["Logistics", "Payments"], 0, [], 0),
        ("Jun Sato", False, [], 0, [f"App {number}" for number in range(NAMED)], 2),
        ("Rui Mendes", True, [], 0, [], 0),
    ]


def test_an_application_that_the_reader_may_not_list_is_counted_and_not_named(client: Client) -> None:
    tester = role("Tester")
    grant_role(application("Secret", environment()), by=SYSTEM, user=person("jun.sato"), role=tester)
    client.force_login(
        person(
            "mia.manager",
            role("Manager", manage_infrastructure=True, manage_teams=True, view_audit_logs=True),
        )
    )
    assert held(client, tester) == [("Jun Sato", False, [], 0, [], 1)]
    page = client.get(reverse("roles:detail", args=[tester.pk])).content.decode()
    assert "1 application that you may not list" in page
    assert "Secret" not in page
