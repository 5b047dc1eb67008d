"""Whom a team's manager may give which role, against an oracle written from the rule and from nothing else."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.activity import Refused
from infrastructure.models import Environment
from roles.models import Role
from teams.models import Membership, Team
from teams.services import add_member, create_team, grantable_roles
from tests import factories
from tests.databases import undone
from tests.roles.drafts import ENVIRONMENTS, Draft, drafts, exceeds, lowered, stored
from users.models import User


@st.composite
def grants(draw: st.DrawFn) -> tuple[Draft, Draft | None, Draft]:
    """A granter's default role and role in the team, and the role to hand out: half of the time one within theirs."""
    default, in_team, wanted = draw(drafts()), draw(st.none() | drafts()), draw(drafts())
    within = draw(st.none() | st.sampled_from([default, in_team or default]))
    return default, in_team, lowered(wanted, within) if within else wanted


def permitted(default: Draft, in_team: Draft | None, wanted: Draft) -> bool:
    if default.teams:
        return not exceeds(wanted, default)
    return in_team is not None and in_team.teams and not exceeds(wanted, in_team)


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
