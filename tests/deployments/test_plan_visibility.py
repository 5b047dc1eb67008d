"""Who sees a deployment plan: whoever may list every one of its applications, in its source or its target."""

import pytest
from hypothesis import HealthCheck, given, settings

from deployments.models import Plan
from tests.applications import oracle
from tests.applications.oracle import World
from tests.applications.worlds import laid_out, worlds

pytestmark = pytest.mark.django_db


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=worlds())
def test_a_plan_is_seen_exactly_by_those_who_may_list_all_its_applications(world: World) -> None:
    with laid_out(world) as laid:
        for name, person in laid.people.items():
            expected = {plan for plan in laid.plans if oracle.sees_plan(world, name, plan)}
            visible = set(Plan.objects.visible_to(person))
            assert visible == {laid.plans[plan] for plan in expected}
            rule = {plan for plan, row in laid.plans.items() if person.has_perm("deployments.see", row)}
            assert rule == expected
