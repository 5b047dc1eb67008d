"""Four people, each with their own console: what is not theirs is in no navigation, and behind no address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse

from applications.services import tag_version
from audit.activity import kind_of
from deployments.operations import Operation
from deployments.services import create_plan
from roles.models import Level
from tests.browser.visitor import Visitor
from tests.factories import PASSWORD, SYSTEM, administrator, application, environment, person, role, team

LISTS = {
    "applications": "applications:list",
    "plans": "deployments:list",
    "users": "users:list",
    "teams": "teams:list",
    "roles": "roles:list",
    "service accounts": "users:service_accounts",
    "environments": "infrastructure:list",
    "audit logs": "audit:log",
    "settings": "infrastructure:settings",
    "profile": "users:profile",
}
OWN = ["Applications", "Deployment plans"]


@dataclass(frozen=True)
class Sight:
    """What somebody sees: each area with the pages below it (none are shown for an area of one page), and which
    addresses open. Of the others, those in `refused` say so (403); the rest are as if they did not exist (404)."""

    areas: dict[str, list[str]]
    open: str
    refused: str


SIGHTS = {
    "ingrid.holm": Sight(
        {
            "Applications": OWN,
            "User management": ["Users", "Teams", "Roles", "Service accounts"],
            "Infrastructure": ["Environments", "Audit logs", "Blocked addresses", "Settings"],
        },
        open=(
            "applications, plans, users, teams, roles, service accounts, environments, audit logs, settings, profile, "
            "Invoicing, Invoicing's changes, Warehouse, Warehouse's changes, #1, #1's changes, "
            "Payments, Payments's changes, Logistics, Logistics's changes, Builder, Builder's changes, "
            "Development, Development's changes, Ingrid Holm, Ingrid Holm's changes, Ingrid Holm's activity"
        ),
        refused="",
    ),
    "andrea.fleet": Sight(
        {"Applications": OWN, "User management": [], "Infrastructure": []},
        open=(
            "applications, plans, teams, environments, profile, Invoicing, Invoicing's changes, #1, #1's changes, "
            "Payments, Payments's changes, Development"
        ),
        refused="users, roles, service accounts, audit logs, settings, Development's changes",
    ),
    "jun.sato": Sight(
        {"Applications": OWN, "Infrastructure": []},
        open=(
            "applications, plans, environments, profile, Invoicing, Invoicing's changes, #1, #1's changes, "
            "Development"
        ),
        refused="users, teams, roles, service accounts, audit logs, settings, Development's changes",
    ),
    "nadia.haddad": Sight(
        {"Applications": OWN, "Infrastructure": []},
        open=(
            "applications, plans, audit logs, profile, Invoicing's changes, Warehouse's changes, #1's changes, "
            "Payments's changes, Logistics's changes, Builder's changes, Development's changes, "
            "Ingrid Holm's changes, Ingrid Holm's activity"
        ),
        refused="users, teams, roles, service accounts, environments, settings",
    ),
}


@pytest.fixture
def addresses(assert_nothing_outside: None) -> dict[str, str]:
    """The landscape with its four people, and where everything is. Payments is Andrea's team, and Jun is in it; nobody
    of them has to do with Logistics, whose Warehouse they do not see."""
    development, production = environment("Development"), environment("Production")
    levels = {development: Level.CHANGE_AND_DEPLOY, production: Level.LIST}
    newcomer = role("Newcomer", {development: Level.ACCESS})
    builder, lead = role("Builder", levels), role("Team Manager", levels, manage_teams=True)
    ingrid = administrator("ingrid.holm", password=PASSWORD)
    andrea = person("andrea.fleet", newcomer, password=PASSWORD)
    jun = person("jun.sato", newcomer, password=PASSWORD)
    person("nadia.haddad", role("Auditor", view_audit_logs=True), password=PASSWORD)
    payments, logistics = team("Payments", {andrea: lead, jun: builder}), team("Logistics")
    invoicing = application("Invoicing", development, team=payments)
    warehouse = application("Warehouse", development, team=logistics)
    version = tag_version(invoicing, by=SYSTEM, environment=development, number="1.0")
    deploy = Operation(invoicing, "deploy", version)
    plan = create_plan(by=ingrid, source=development, target=production, operations=[deploy])
    addresses = {name: reverse(view) for name, view in LISTS.items()}
    for thing in (invoicing, warehouse, plan, payments, logistics, builder, development, ingrid):
        addresses |= pages_of(thing)
    return addresses


def pages_of(thing: Any) -> dict[str, str]:
    """Return where a thing and its logs are."""
    kind = kind_of(thing)
    found = {str(thing): kind.url(thing.pk)}
    found[f"{thing}'s changes"] = reverse("audit:change_log", args=[kind.name, thing.pk])
    if kind.acts:
        found[f"{thing}'s activity"] = reverse("audit:activity_log", args=[kind.name, thing.pk])
    return found


@pytest.mark.parametrize("username", SIGHTS)
def test_everybody_sees_what_is_theirs_and_nothing_else(
    visit: Callable[..., Visitor], addresses: dict[str, str], username: str
) -> None:
    sight = SIGHTS[username]
    opened, refused = sight.open.split(", "), sight.refused.split(", ")
    expected = {name: 200 if name in opened else 403 if name in refused else 404 for name in addresses}
    for javascript in (True, False):
        visitor = visit(username, javascript=javascript)
        assert navigation(visitor) == sight.areas
        assert {name: visitor.open(address).status for name, address in addresses.items()} == expected


def test_who_has_not_signed_in_is_asked_to(visit: Callable[..., Visitor], addresses: dict[str, str]) -> None:
    stranger = visit()
    for address in addresses.values():
        stranger.open(address)
        assert stranger.page.get_by_role("heading", name="Sign in").is_visible(), address
        assert stranger.page.get_by_role("navigation", name="Areas").count() == 0


def navigation(visitor: Visitor) -> dict[str, list[str]]:
    """Follow every area, and return the pages that stand below it."""
    areas = visitor.page.get_by_role("navigation", name="Areas").get_by_role("link")
    found = {}
    for name in areas.all_text_contents():
        visitor.follow(name)
        assert visitor.page.locator(".areas a[aria-current]").text_content() == name
        found[name] = visitor.page.locator("nav.pages a").all_text_contents()
    return found
