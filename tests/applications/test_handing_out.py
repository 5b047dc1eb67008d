"""Who may give a role for an application: whoever manages its roles, nothing above their own, never to themselves."""

from collections.abc import Callable
from typing import Any

import pytest

from applications import services
from applications.rules import managing_role
from applications.services.roles import grantable_roles
from audit.activity import Refused
from roles.models import Level
from tests.applications.landscape import Landscape
from tests.factories import administrator_role, application, person, role
from tests.told import told
from users.models import User


def refusal(step: Callable[[], Any]) -> str:
    with told() as events, pytest.raises(Refused) as refused:
        step()
    (event,) = events
    assert event.outcome == "refused"
    assert event.sentence.startswith("Refused 'role ")
    assert "Shop" in event.subjects
    assert event.reason == f"Needs {refused.value.needs}"
    return refused.value.needs


@pytest.mark.parametrize(
    ("who", "through"),
    [
        ("administrator", "Administrator"),
        ("manager", "Managing"),
        ("lead", "Leading"),
        ("steward", "Stewarding"),
        ("developer", None),
        ("lister", None),
        ("outsider", None),
    ],
)
def test_through_which_role_one_manages(here: Landscape, who: str, through: str | None) -> None:
    found = managing_role(getattr(here, who), here.shop)
    assert (found and found.name) == through


@pytest.mark.parametrize("who", ["lead", "steward"])
def test_it_reaches_no_further_than_where_the_role_is_held(here: Landscape, who: str) -> None:
    ledger = application("Ledger", here.development)
    assert managing_role(getattr(here, who), ledger) is None


@pytest.mark.parametrize("who", ["administrator", "manager", "lead", "steward"])
def test_a_manager_grants_changes_and_revokes_what_is_not_above_the_own_role(
    here: Landscape, who: str
) -> None:
    by, ana = getattr(here, who), person("ana.lopes")
    low, lower = role("Low", {here.development: Level.LIST}), role("Lower", {here.development: Level.ACCESS})
    services.grant_role(here.shop, by=by, user=ana, role=low)
    services.change_role(here.shop, by=by, user=ana, role=lower)
    assert here.shop.roles.get(user=ana).role == lower
    services.revoke_role(here.shop, by=by, user=ana)
    assert not here.shop.roles.filter(user=ana).exists()


@pytest.mark.parametrize("who", ["manager", "lead", "steward"])
def test_nobody_hands_out_a_role_above_their_own(here: Landscape, who: str) -> None:
    by, ana = getattr(here, who), person("ana.lopes")
    high = role("High", {here.development: Level.FULL_CONTROL})
    grant = lambda: services.grant_role(here.shop, by=by, user=ana, role=high)  # noqa: E731
    assert refusal(grant) == "a role that is nowhere above your own"
    services.grant_role(here.shop, by=here.administrator, user=ana, role=here.outsider.role)
    change = lambda: services.change_role(here.shop, by=by, user=ana, role=high)  # noqa: E731
    assert refusal(change) == "a role that is nowhere above your own"
    assert here.shop.roles.get(user=ana).role == here.outsider.role


def test_one_switch_or_one_environment_above_is_above(here: Landscape) -> None:
    ana = person("ana.lopes")
    above = [
        role("Elsewhere", {here.production: Level.ACCESS}),
        role("Seeing", view_audit_logs=True),
        administrator_role(),
    ]
    for wanted in above:
        grant = lambda wanted=wanted: services.grant_role(here.shop, by=here.lead, user=ana, role=wanted)  # noqa: E731
        assert refusal(grant) == "a role that is nowhere above your own"


def test_the_roles_offered_are_those_that_may_be_handed_out(here: Landscape) -> None:
    assert {str(one) for one in grantable_roles(here.shop, here.steward)} == {"Entering", "Stewarding"}
    assert len(grantable_roles(here.shop, here.administrator)) == len(type(here.lister.role).objects.all())
    assert not grantable_roles(here.shop, here.developer)


@pytest.mark.parametrize("who", ["administrator", "manager", "lead"])
def test_nobody_gives_themselves_a_role(here: Landscape, who: str) -> None:
    by = getattr(here, who)
    grant = lambda: services.grant_role(here.shop, by=by, user=by, role=here.outsider.role)  # noqa: E731
    assert "nobody changes their own roles" in refusal(grant)


def test_nobody_changes_or_drops_the_role_they_have(here: Landscape) -> None:
    by = here.steward
    change = lambda: services.change_role(here.shop, by=by, user=by, role=here.outsider.role)  # noqa: E731
    revoke = lambda: services.revoke_role(here.shop, by=by, user=by)  # noqa: E731
    assert "nobody changes their own roles" in refusal(change)
    assert "nobody changes their own roles" in refusal(revoke)


@pytest.mark.parametrize("who", ["developer", "lister", "outsider"])
def test_others_hand_out_nothing(here: Landscape, who: str) -> None:
    by: User = getattr(here, who)
    grant = lambda: services.grant_role(here.shop, by=by, user=here.lead, role=here.outsider.role)  # noqa: E731
    revoke = lambda: services.revoke_role(here.shop, by=by, user=here.steward)  # noqa: E731
    for step in (grant, revoke):
        assert refusal(step) == "Manage Teams and Application Roles for this application"
