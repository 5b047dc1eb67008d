"""The effective permission, as lists and as rules give it, is what the tables of the permission model say."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import Application, EnvironmentStatus, environments_of
from applications.rules import effective_level
from roles.models import Level
from tests.applications import oracle
from tests.applications.oracle import ENVIRONMENTS, World
from tests.applications.worlds import Laid, laid_out, worlds

pytestmark = pytest.mark.django_db
# the database is the same for all examples: each world is laid out and rolled back inside the example
examples = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@examples
@given(world=worlds(), wanted=st.sampled_from(list(Level)[1:]), places=st.sets(st.sampled_from(ENVIRONMENTS)))
def test_lists_hold_exactly_what_the_tables_allow(world: World, wanted: Level, places: set[str]) -> None:
    with laid_out(world) as laid:
        keys = [laid.environments[place].pk for place in places]
        for name, person in laid.people.items():
            visible = Application.objects.visible_to(person)
            assert _names(visible) == oracle.at_least(world, name, Level.LIST)
            held = Application.objects.at_least(person, wanted, keys)
            assert _names(held) == oracle.at_least(world, name, wanted, tuple(places))
            cells = EnvironmentStatus.objects.visible_to(person)
            found = set(cells.values_list("application__name", "environment__name"))
            assert found == oracle.statuses(world, name)


@examples
@given(world=worlds())
def test_every_persons_level_for_every_application_everywhere(world: World) -> None:
    with laid_out(world) as laid:
        for name in laid.people:
            for application in laid.applications:
                levels = {place: oracle.level(world, name, application, place) for place in ENVIRONMENTS}
                listed = {place: level for place, level in levels.items() if level >= Level.LIST}
                assert _places(laid, application, name) == listed


@examples
@given(world=worlds(), application=st.sampled_from(["a0", "a1", "a2"]), place=st.sampled_from(ENVIRONMENTS))
def test_a_rule_never_differs_from_the_tables(world: World, application: str, place: str) -> None:
    with laid_out(world) as laid:
        thing, environment = laid.applications[application], laid.environments[place]
        for name, person in laid.people.items():
            level = oracle.level(world, name, application, place)
            highest = max(oracle.level(world, name, application, other) for other in ENVIRONMENTS)
            team = world["applications"][application]["team"]
            expected = {
                "list": highest >= Level.LIST,
                "change": highest >= Level.CHANGE_AND_DEPLOY,
                "deploy": level >= Level.CHANGE_AND_DEPLOY,
                "create": oracle.creates(world, name, team, place),
                "manage": oracle.manages_roles(world, name, application),
            }
            assert effective_level(person, thing, environment) == level
            assert expected == {
                "list": person.has_perm("applications.list", thing),
                "change": person.has_perm("applications.change", thing),
                "deploy": person.has_perm("applications.change_and_deploy", (thing, environment)),
                "create": person.has_perm("applications.create", (thing, environment)),
                "manage": person.has_perm("applications.manage_roles", thing),
            }


def _names(applications: object) -> set[str]:
    return {application.name for application in applications}  # type: ignore[attr-defined]


def _places(laid: Laid, application: str, person: str) -> dict[str, int]:
    found = environments_of(laid.applications[application], laid.people[person], Level.LIST)
    return {environment.name: environment.effective_level for environment in found}
