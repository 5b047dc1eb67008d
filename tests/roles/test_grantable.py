"""The roles that somebody may hand out, asked in SQL, are those that the rule finds one by one."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infrastructure.models import Environment
from roles.granting import grantable
from roles.models import INFRASTRUCTURE_SWITCHES, EnvironmentPermission, Level, Role
from tests.factories import environment

LEVELS = st.sampled_from([level.value for level in Level])
SWITCHES = st.sets(st.sampled_from(INFRASTRUCTURE_SWITCHES))
ROLES = st.lists(
    st.tuples(SWITCHES, st.lists(st.tuples(LEVELS, st.booleans(), st.booleans()), max_size=2)), min_size=1
)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_roles=ROLES)
def test_it_is_the_rule_in_sql(given_roles: list[tuple[set[str], list[tuple[int, bool, bool]]]]) -> None:
    Role.objects.filter(builtin="").delete()
    places = Environment.objects.in_order() or [environment(name) for name in ("Development", "Production")]
    for number, (switches, levels) in enumerate(given_roles):
        if "manage_infrastructure" in switches:
            switches.add("manage_teams")
        made = Role.objects.create(name=f"Role {number}", **dict.fromkeys(switches, True))
        for place, (level, creates, depends) in zip(places, levels, strict=False):
            EnvironmentPermission.objects.create(
                role=made,
                environment=place,
                level=level,
                create_applications=creates and level >= Level.CHANGE_AND_DEPLOY,
                add_system_dependencies=depends and level > Level.NO_ACCESS,
            )
    for own in Role.objects.all():
        assert set(grantable(own)) == {one for one in Role.objects.all() if one.is_within(own)}, own
