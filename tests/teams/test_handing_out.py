"""Whom a team's manager may give which role, against an oracle written from the rule and from nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.activity import Refused
from infrastructure.models import Environment
from roles.levels import RoleLevel
from roles.models import Level, Role
from teams.models import Membership, Team
from teams.services import add_member, create_team, grantable_roles
from tests import factories
from users.models import User

ENVIRONMENTS = ("Development", "Production")


@dataclass(frozen=True)
class Here:
    """What a role permits in one environment."""

    level: int
    creates: bool
    adds: bool


@dataclass(frozen=True)
class Draft:
    """A role before it is stored."""

    infrastructure: bool
    teams: bool
    logs: bool
    here: tuple[Here, ...]


@st.composite
def heres(draw: st.DrawFn) -> Here:
    level = draw(st.integers(0, 6))
    return Here(level, level >= 5 and draw(st.booleans()), level >= 1 and draw(st.booleans()))


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    infrastructure = draw(st.booleans())
    places = st.tuples(*[heres() for _ in ENVIRONMENTS])
    return Draft(infrastructure, infrastructure or draw(st.booleans()), draw(st.booleans()), draw(places))


def lowered(one: Draft, other: Draft) -> Draft:
    """What both permit: nowhere above either."""
    here = tuple(
        Here(min(mine.level, there.level), mine.creates and there.creates, mine.adds and there.adds)
        for mine, there in zip(one.here, other.here, strict=True)
    )
    return Draft(
        one.infrastructure and other.infrastructure, one.teams and other.teams, one.logs and other.logs, here
    )


@st.composite
def grants(draw: st.DrawFn) -> tuple[Draft, Draft | None, Draft]:
    """A granter's default role and role in the team, and the role to hand out: half of the time one within theirs."""
    default, in_team, wanted = draw(drafts()), draw(st.none() | drafts()), draw(drafts())
    within = draw(st.none() | st.sampled_from([default, in_team or default]))
    return default, in_team, lowered(wanted, within) if within else wanted


def exceeds(wanted: Draft, own: Draft) -> bool:
    """The rule, by brute force: is there anything that `wanted` permits and `own` does not?"""
    permits = [
        (wanted.infrastructure, own.infrastructure),
        (wanted.teams, own.teams),
        (wanted.logs, own.logs or own.infrastructure),  # managing the infrastructure implies reading its logs
    ]
    for there, mine in zip(wanted.here, own.here, strict=True):
        permits += [(there.level >= level, mine.level >= level) for level in range(1, 7)]
        permits += [(there.creates, mine.creates), (there.adds, mine.adds)]
    return any(has and not holds for has, holds in permits)


def permitted(default: Draft, in_team: Draft | None, wanted: Draft) -> bool:
    if default.teams:
        return not exceeds(wanted, default)
    return in_team is not None and in_team.teams and not exceeds(wanted, in_team)


@contextmanager
def undone() -> Iterator[None]:
    """Take back what the block did, without being a transaction around it: a refusal is recorded outside of any."""
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


def stored(name: str, draft: Draft, places: list[Environment]) -> Role:
    levels: dict[Environment, Any] = {
        place: RoleLevel(Level(here.level), here.creates, here.adds)
        for place, here in zip(places, draft.here, strict=True)
    }
    return factories.role(
        name,
        levels,
        manage_infrastructure=draft.infrastructure,
        manage_teams=draft.teams,
        view_audit_logs=draft.logs,
    )


@pytest.fixture
def places(db: None) -> list[Environment]:
    return [factories.environment(name) for name in ENVIRONMENTS]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grant=grants())
def test_a_role_is_handed_out_exactly_where_the_rule_says_so(
    places: list[Environment], grant: tuple[Draft, Draft | None, Draft]
) -> None:
    default, in_team, wanted = grant
    with undone():
        granter = factories.person("gina.granter", stored("Default", default, places))
        payments = create_team(by=factories.SYSTEM, name="Payments")
        if in_team is not None:
            add_member(payments, by=factories.SYSTEM, user=granter, role=stored("In team", in_team, places))
        role = stored("Wanted", wanted, places)
        expected = permitted(default, in_team, wanted)
        assert handed_out(payments, granter, role) == expected
        assert (role in grantable_roles(payments, granter)) == expected


def handed_out(payments: Team, granter: User, role: Role) -> bool:
    newcomer = factories.person("nora.new")
    try:
        add_member(payments, by=granter, user=newcomer, role=role)
    except Refused:
        return False
    return bool(Membership.objects.filter(team=payments, user=newcomer, role=role).exists())
