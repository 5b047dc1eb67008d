"""The bar shows each sort of person what is theirs, and where they are."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from auditconsole.navigation import AREAS, OWN, Page, tabs
from roles.models import Level
from tests.factories import PASSWORD, application, environment, person, role


@dataclass(frozen=True)
class Holder:
    """Somebody with exactly these permissions."""

    permissions: frozenset[str]

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return perm in self.permissions


def holder(*permissions: str) -> Holder:
    return Holder(frozenset(permissions))


EVERYTHING = holder(*{permission for area in AREAS for page in area.pages for permission in page.permissions})


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        (holder(), {"Applications": ["Applications", "Deployment plans"]}),
        (
            holder("teams.manage"),
            {"Applications": ["Applications", "Deployment plans"], "User management": ["Teams"]},
        ),
        (
            holder("audit.view_all"),
            {"Applications": ["Applications", "Deployment plans"], "Infrastructure": ["Audit logs"]},
        ),
        (
            EVERYTHING,
            {
                "Applications": ["Applications", "Deployment plans"],
                "User management": ["Users", "Teams", "Roles", "Service accounts"],
                "Infrastructure": ["Environments", "Audit logs", "Blocked addresses", "Settings"],
            },
        ),
    ],
    ids=["nobody in particular", "team manager", "auditor", "infrastructure manager"],
)
def test_each_sees_what_is_theirs(who: Holder, shown: dict[str, list[str]]) -> None:
    assert {tab.label: [page.label for page in tab.pages] for tab in tabs(who, "/")} == shown


def test_a_tab_leads_to_the_first_page_one_may_see() -> None:
    assert tabs(holder("audit.view_all"), "/")[-1].url == reverse("audit:log")


@pytest.mark.parametrize("page", [page for area in AREAS for page in area.pages], ids=lambda page: page.label)
def test_a_page_and_all_below_it_mark_their_tab(page: Page) -> None:
    below = f"{reverse(page.view)}6b0e/"
    assert [link.label for tab in tabs(EVERYTHING, below) for link in tab.pages if link.current] == [
        page.label
    ]


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("role", "Roles"),
        ("user", "Users"),
        ("service_account", "Service accounts"),
        ("team", "Teams"),
        ("application", "Applications"),
        ("deployment_plan", "Deployment plans"),
        ("environment", "Environments"),
        ("infrastructure", "Settings"),
    ],
)
def test_the_log_of_a_thing_stands_where_the_thing_does(kind: str, label: str) -> None:
    for log in ("audit:change_log", "audit:activity_log"):
        assert current(reverse(log, args=[kind, uuid4()])) == [label]


def test_an_event_stands_in_the_audit_logs() -> None:
    assert current(reverse("audit:event", args=[7])) == ["Audit logs"]


def current(path: str) -> list[str]:
    return [link.label for tab in tabs(EVERYTHING, path) for link in tab.pages if link.current]


@pytest.mark.parametrize("page", OWN, ids=lambda page: page.label)
def test_ones_own_pages_belong_to_no_tab(page: Page) -> None:
    path = reverse(page.view)
    assert not [tab for tab in tabs(EVERYTHING, path) if tab.current]


@pytest.mark.django_db
def test_everybody_begins_where_they_see_something(client: Client) -> None:
    place = environment("Development")
    developer = person("dev.ops", role("Developing", {place: Level.LIST}), password=PASSWORD)
    auditor = person("nadia.haddad", role("Auditor", view_audit_logs=True), password=PASSWORD)
    application("Invoices", place)
    for who, begins in ((developer, "applications:list"), (auditor, "audit:log")):
        door = client.get("/", follow=True).redirect_chain[-1][0]
        answer = client.post(door, {"username": who.username, "password": PASSWORD, "next": "/"}, follow=True)
        assert answer.redirect_chain[-1][0] == reverse(begins)
        client.logout()
