"""What nobody may do with roles, and what cannot be: each is said in a sentence, and refusals are on record."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from audit.activity import Refused
from roles import services
from roles.levels import RoleLevel
from roles.models import Level, Role
from tests.factories import (
    SYSTEM,
    administrator,
    administrator_role,
    developer_role,
    environment,
    level_in,
    person,
    role,
    team,
)
from tests.told import told

pytestmark = pytest.mark.usefixtures("assert_nothing_outside")


def faults(step: Callable[[], Any]) -> dict[str, list[str]]:
    """Return what a step finds wrong, and make sure that it told and did nothing."""
    with told() as events, pytest.raises(ValidationError) as caught:
        step()
    assert events == []
    return caught.value.message_dict if hasattr(caught.value, "error_dict") else {"": caught.value.messages}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "cannot be empty"),
        ("   ", "cannot be empty"),
        ("x" * 51, "50 characters"),
        ("two\nlines", "one line"),
        ("nul\0", "one line"),
        ("\u202egnp.exe", "one line"),
        ("developer", "Choose another"),
        ("ADMINISTRATOR", "Choose another"),
    ],
)
def test_a_name_that_cannot_be(name: str, why: str) -> None:
    assert why in faults(lambda: services.create_role(by=SYSTEM, name=name))["name"][0]
    tester = role("Tester")
    assert why in faults(lambda: services.change_role(tester, by=SYSTEM, name=name))["name"][0]
    assert tester.name == "Tester"


def test_markup_in_a_name_is_only_text() -> None:
    made = services.create_role(by=SYSTEM, name="<script>alert(1)</script>")
    assert made.name == "<script>alert(1)</script>"


def test_manage_infrastructure_includes_manage_teams() -> None:
    found = faults(lambda: services.create_role(by=SYSTEM, name="Manager", manage_infrastructure=True))
    assert "turn it on as well" in found["manage_teams"][0]


@pytest.mark.parametrize(
    ("level", "field", "why"),
    [
        (RoleLevel(Level.OPEN, create_applications=True), "create_applications", "Change and Deploy"),
        (RoleLevel(Level.NO_ACCESS, add_system_dependencies=True), "add_system_dependencies", "'Access'"),
        (RoleLevel(7), "level", "0 to 6"),
        (RoleLevel(-1), "level", "0 to 6"),
    ],
)
def test_a_level_that_cannot_be(level: RoleLevel, field: str, why: str) -> None:
    place = environment()
    found = faults(lambda: services.create_role(by=SYSTEM, name="Tester", levels={place.pk: level}))
    assert why in found[f"{field}_{place.pk}"][0]


def test_a_level_in_an_environment_that_is_not_there() -> None:
    environment()
    found = faults(lambda: services.create_role(by=SYSTEM, name="Tester", levels={uuid4(): RoleLevel(1)}))
    assert "no environment" in found["levels"][0]


def test_administrator_is_fixed() -> None:
    found = faults(lambda: services.change_role(administrator_role(), by=SYSTEM, name="Boss"))
    assert "cannot be changed" in found[""][0]


@pytest.mark.parametrize("builtin", ["Administrator", "Developer"])
def test_the_builtin_roles_stay(builtin: str) -> None:
    found = faults(lambda: services.delete_role(Role.objects.get(name=builtin), by=SYSTEM, replacement=None))
    assert "cannot be deleted" in found[""][0]


def test_developer_can_be_changed() -> None:
    place = environment()
    services.change_role(
        developer_role(), by=administrator(), name="Developer", levels={place.pk: RoleLevel(Level.OPEN)}
    )
    assert level_in(developer_role(), place) == Level.OPEN


@pytest.mark.parametrize("itself", [True, False])
def test_a_role_that_is_held_needs_another_as_replacement(itself: bool) -> None:
    tester = role("Tester")
    person("ana.lopes", tester)
    found = faults(lambda: services.delete_role(tester, by=SYSTEM, replacement=tester if itself else None))
    assert "Choose the role that they get instead" in found["replacement"][0]


def test_a_replacement_that_was_deleted_meanwhile() -> None:
    tester, gone = role("Tester"), role("Gone")
    person("ana.lopes", tester)
    services.delete_role(Role.objects.get(pk=gone.pk), by=SYSTEM, replacement=None)
    found = faults(lambda: services.delete_role(tester, by=SYSTEM, replacement=gone))
    assert "does not exist any more" in found["replacement"][0]


def test_a_stranger_is_refused_everything_and_it_is_on_record() -> None:
    stranger, tester = person("stan.stranger"), role("Tester")
    steps: list[Callable[[], Any]] = [
        lambda: services.create_role(by=stranger, name="Mine"),
        lambda: services.change_role(tester, by=stranger, name="Mine"),
        lambda: services.delete_role(tester, by=stranger, replacement=None),
    ]
    for step in steps:
        with told() as events, pytest.raises(Refused, match="Manage Infrastructure and Users"):
            step()
        assert [event.outcome for event in events] == ["refused"]
    assert not Role.objects.filter(name="Mine").exists()


# A manager who is no administrator: Open in Development, nothing in Production.


@pytest.fixture
def manager(assert_nothing_outside: None) -> Any:
    dev, production = environment("Development"), environment("Production")
    own = role("Manager", {dev: Level.OPEN, production: Level.NO_ACCESS}, manage_infrastructure=True)
    return person("max.manager", own)


def above(dev: Any, production: Any) -> list[dict[str, Any]]:
    return [
        {"levels": {dev.pk: RoleLevel(Level.CHANGE_AND_DEPLOY)}},
        {"levels": {dev.pk: RoleLevel(Level.OPEN, add_system_dependencies=True)}},
        {"levels": {production.pk: RoleLevel(Level.ACCESS)}},
    ]


def test_a_role_above_ones_own_can_be_neither_made_nor_become_so(manager: Any) -> None:
    dev, production = [row.environment for row in manager.role.levels.order_by("environment__position")]
    low = role("Low")
    for wanted in above(dev, production):
        for step in (
            lambda wanted=wanted: services.create_role(by=manager, name="High", **wanted),
            lambda wanted=wanted: services.change_role(low, by=manager, name="Low", **wanted),
        ):
            with told() as events, pytest.raises(Refused, match="nowhere above your own"):
                step()
            assert [event.outcome for event in events] == ["refused"]
    assert not Role.objects.filter(name="High").exists()
    assert level_in(low, dev) == Level.NO_ACCESS


def test_nobody_raises_the_role_they_hold(manager: Any) -> None:
    dev, _ = [row.environment for row in manager.role.levels.order_by("environment__position")]
    own = Role.objects.get(pk=manager.role_id)
    with pytest.raises(Refused):
        services.change_role(
            own,
            by=manager,
            name="Manager",
            manage_infrastructure=True,
            manage_teams=True,
            levels={dev.pk: RoleLevel(Level.FULL_CONTROL)},
        )


def test_a_role_within_ones_own_can_be_made(manager: Any) -> None:
    dev, _ = [row.environment for row in manager.role.levels.order_by("environment__position")]
    made = services.create_role(
        by=manager,
        name="Helper",
        manage_infrastructure=True,
        manage_teams=True,
        view_audit_logs=True,
        levels={dev.pk: RoleLevel(Level.OPEN)},
    )
    assert made.is_within(manager.role)


def test_a_replacement_above_ones_own_is_refused(manager: Any) -> None:
    tester = role("Tester")
    person("ana.lopes", tester)
    with told() as events, pytest.raises(Refused, match="nowhere above your own"):
        services.delete_role(tester, by=manager, replacement=administrator_role())
    assert [(event.outcome, event.sentence) for event in events] == [
        ("refused", "Refused 'deleted' for role 'Tester'")
    ]


@pytest.mark.parametrize("held_in_team", [True, False])
def test_nobody_changes_their_own_roles_by_deleting_one(held_in_team: bool) -> None:
    environment()
    ada, tester = administrator(), role("Tester", manage_infrastructure=True)
    if held_in_team:
        team("Payments", {ada: tester})
        by = ada
    else:
        by = person("max.manager", tester)
    with pytest.raises(Refused, match="nobody changes their own roles"):
        services.delete_role(tester, by=by, replacement=role("Lower"))
    assert Role.objects.filter(name="Tester").exists()
