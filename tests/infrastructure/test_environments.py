"""Environments: every change is told with its old and new value, and nothing half right is accepted."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from audit.activity import Refused
from deployments.models import Plan
from infrastructure import services
from infrastructure.models import Environment
from roles.models import Level
from tests.factories import (
    SYSTEM,
    administrator,
    application,
    developer_role,
    environment,
    level_in,
    person,
    role,
    service_account,
)
from tests.told import told

GOOD: dict[str, Any] = {"name": "QA", "purpose": "Test", "address": "qa.example.com", "two_stage": False}


def order() -> list[str]:
    return [str(one) for one in Environment.objects.in_order()]


# What is told


@pytest.mark.usefixtures("assert_nothing_outside")
def test_registering_is_told_with_all_that_is_known() -> None:
    ada = administrator()
    with told() as events:
        services.register_environment(by=ada, **GOOD)
    event = next(event for event in events if event.activity == "infrastructure.environment.registered")
    assert event.sentence == "Environment 'QA' registered"
    assert event.subjects == ("QA",)
    assert "*" in event.fields
    assert event.changes["Name"] == (None, "QA")
    assert event.changes["Address"] == (None, "qa.example.com")


@pytest.mark.usefixtures("assert_nothing_outside")
def test_a_new_environment_is_the_last_unless_a_place_is_named() -> None:
    environment("Development")
    environment("Production")
    with told() as events:
        environment("QA", position=1)
    assert order() == ["Development", "QA", "Production"]
    switch = next(event for event in events if event.activity.endswith("order_switched"))
    assert switch.sentence == "Switched the order of environments 'QA' and 'Production'"
    assert switch.subjects == ("QA", "Production")
    assert switch.changes == {"Order": (2, 1), "Order of Production": ("1", "2")}


@pytest.mark.usefixtures("assert_nothing_outside")
def test_in_a_new_environment_administrators_control_everything_and_others_list() -> None:
    tester = role("Tester")
    place = environment()
    levels = {str(row.role): row.level for row in place.levels.select_related("role")}
    assert levels == {"Administrator": Level.FULL_CONTROL, "Developer": Level.LIST, "Tester": Level.LIST}
    assert level_in(tester, place) == Level.LIST


@pytest.mark.usefixtures("assert_nothing_outside")
def test_each_changed_setting_is_told_and_the_change_as_a_whole() -> None:
    place = environment("QA")
    with told() as events:
        services.change_environment(
            place, by=SYSTEM, name="Quality", purpose="Production", address="q.example.com", two_stage=True
        )
    assert [(event.sentence, set(event.fields)) for event in events] == [
        ("Environment 'QA' renamed to 'Quality'", {"name"}),
        ("Purpose of environment 'Quality' changed from 'Test' to 'Production'", {"purpose"}),
        ("Address of environment 'Quality' changed from 'none' to 'q.example.com'", {"address"}),
        ("Two-stage deployment turned on in environment 'Quality'", {"two_stage"}),
        ("Environment 'Quality' updated.", {"name", "purpose", "address", "two_stage"}),
    ]
    assert events[0].changes == {"Name": ("QA", "Quality")}
    assert events[-1].changes["Two-stage deployment"] == ("off", "on")


@pytest.mark.usefixtures("assert_nothing_outside")
def test_what_stays_as_it_was_is_not_told() -> None:
    place = services.register_environment(by=SYSTEM, **GOOD)
    with told() as events:
        services.change_environment(place, by=SYSTEM, **GOOD)
        services.move_environment(place, by=SYSTEM, position=0)
        services.disable_maintenance(place, by=SYSTEM)
    assert events == []


@pytest.mark.usefixtures("assert_nothing_outside")
def test_moving_goes_neighbour_by_neighbour_and_ends_with_the_new_order() -> None:
    development = environment("Development")
    environment("QA")
    environment("Production")
    with told() as events:
        services.move_environment(development, by=SYSTEM, position=2)
    assert order() == ["QA", "Production", "Development"]
    assert [event.sentence for event in events] == [
        "Switched the order of environments 'Development' and 'QA'",
        "Switched the order of environments 'Development' and 'Production'",
        "Environments are now in the order QA, Production, Development",
    ]
    assert events[0].changes == {"Order": (0, 1), "Order of QA": ("1", "0")}
    assert events[-1].subjects == ("Infrastructure", "QA", "Production", "Development")


@pytest.mark.usefixtures("assert_nothing_outside")
def test_maintenance_mode_is_told_with_its_reason() -> None:
    place = environment("QA")
    with told() as events:
        services.enable_maintenance(place, by=SYSTEM, reason="  Database\n upgrade ")
        services.disable_maintenance(place, by=SYSTEM)
    on, off = events
    assert on.sentence == "Maintenance mode enabled in environment 'QA'. Reason: Database upgrade"
    assert on.reason == "Database upgrade"
    assert on.fields == off.fields == {"in_maintenance", "maintenance_reason"}
    assert on.changes["Maintenance mode"] == ("off", "on")
    assert off.sentence == "Maintenance mode disabled in environment 'QA'"
    assert off.changes["Maintenance reason"] == ("Database upgrade", None)


@pytest.mark.usefixtures("assert_nothing_outside")
def test_unregistering_is_told_to_the_roles_and_applications_that_lose_something_there() -> None:
    development, qa = environment("Development"), environment("QA")
    from applications.services import block

    block(application("Invoices", development), by=SYSTEM, environment=qa, reason="Not ready")
    with told() as events:
        services.unregister_environment(qa, by=SYSTEM)
    (event,) = events
    assert event.sentence == "Environment 'QA' unregistered"
    assert set(event.subjects) == {"QA", "Administrator", "Developer", "Invoices"}
    assert {"*", "levels", "blocks"} <= event.fields
    assert order() == ["Development"]


# What stands in the way


@pytest.mark.django_db
def test_an_environment_where_applications_run_stays_and_they_are_named() -> None:
    place = environment()
    application("Invoices", place)
    with pytest.raises(ValidationError, match="Applications still use 'Development', so it stays: Invoices"):
        services.unregister_environment(place, by=SYSTEM)
    assert order() == ["Development"]


@pytest.mark.django_db
def test_an_environment_that_a_plan_names_stays_and_the_plan_is_named() -> None:
    source, target = environment("Development"), environment("QA")
    Plan.objects.create(number=7, source=source, target=target, created_by=person("ana.lopes"))
    with pytest.raises(ValidationError, match="Deployment plans still use 'QA', so it stays: #7"):
        services.unregister_environment(target, by=SYSTEM)


@pytest.mark.django_db
def test_of_many_things_in_the_way_the_first_are_named_as_people_sort_them() -> None:
    source, target = environment("Development"), environment("QA")
    for number in range(1, 15):
        Plan.objects.create(number=number, source=source, target=target, created_by=person(f"ana.{number}"))
    with pytest.raises(ValidationError, match=r"so it stays: #1, #2, .*, #9, #10, #11, #12, 2 more\."):
        services.unregister_environment(target, by=SYSTEM)


@pytest.mark.django_db
def test_what_stands_in_the_way_is_not_named_to_somebody_who_may_not_see_it() -> None:
    place = environment()
    application("Secret", place)
    blind = person("ben.keller", role("Blind", {place: Level.NO_ACCESS}, manage_infrastructure=True))
    (sentence,) = services.in_the_way(place, blind)
    assert "Secret" not in sentence
    assert "1 that you may not see" in sentence


# What is not accepted


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("name", "x" * 51),
        ("name", "QA\n'Production"),
        ("name", "QA\0"),
        ("name", "\u202eAQ"),
        ("name", "dEvElOpMeNt"),
        ("purpose", "Fun"),
        ("address", "https://qa.example.com/"),
        ("address", "-qa.example.com"),
        ("address", "qa..example.com"),
        ("address", "x" * 254),
        ("position", -1),
        ("position", 2),
    ],
)
@pytest.mark.django_db
def test_a_registration_that_is_not_right_says_at_which_field(field: str, value: Any) -> None:
    environment("Development")
    with told() as events, pytest.raises(ValidationError) as error:
        services.register_environment(by=SYSTEM, **{**GOOD, field: value})
    assert list(error.value.message_dict) == [field]
    assert events == []
    assert order() == ["Development"]


@pytest.mark.parametrize("address", ["", "qa", "qa.example.com", "10.20.4.17", "QA-2.example.com"])
@pytest.mark.django_db
def test_addresses_are_host_names_long_or_short(address: str) -> None:
    assert environment(address=address).address == address


@pytest.mark.django_db
def test_maintenance_mode_needs_a_reason() -> None:
    place = environment()
    for reason in ("", "   ", "x" * 501):
        with pytest.raises(ValidationError) as error:
            services.enable_maintenance(place, by=SYSTEM, reason=reason)
        assert list(error.value.message_dict) == ["reason"]
    assert not Environment.objects.get(pk=place.pk).in_maintenance


@pytest.mark.django_db
def test_maintenance_mode_is_not_enabled_twice() -> None:
    place = environment()
    services.enable_maintenance(place, by=SYSTEM, reason="Upgrade")
    with pytest.raises(ValidationError, match="already"):
        services.enable_maintenance(place, by=SYSTEM, reason="Another reason")
    assert Environment.objects.get(pk=place.pk).maintenance_reason == "Upgrade"


@pytest.mark.django_db
def test_an_environment_unregistered_meanwhile_cannot_be_moved() -> None:
    place, gone = environment("Development"), environment("QA")
    services.unregister_environment(Environment.objects.get(pk=gone.pk), by=SYSTEM)
    with pytest.raises(ValidationError, match="not registered any more"):
        services.move_environment(gone, by=SYSTEM, position=0)
    assert place.position == 0


# Who may


@pytest.mark.django_db
def test_only_who_manages_infrastructure_may_do_any_of_it_and_every_attempt_is_told() -> None:
    place = environment()
    steps: dict[str, Any] = {
        "registered": lambda by: services.register_environment(by=by, **GOOD),
        "updated": lambda by: services.change_environment(place, by=by, **GOOD),
        "order_switched": lambda by: services.move_environment(place, by=by, position=0),
        "unregistered": lambda by: services.unregister_environment(place, by=by),
        "maintenance_enabled": lambda by: services.enable_maintenance(place, by=by, reason="Upgrade"),
        "maintenance_disabled": lambda by: services.disable_maintenance(place, by=by),
        "settings_updated": lambda by: services.change_settings(
            by=by, runner="registry", runner_program="", runner_timeout=5
        ),
    }
    everything_but = role("Controller", {place: Level.FULL_CONTROL}, manage_teams=True, view_audit_logs=True)
    gone = administrator("gone", name="Gone")
    from users.services import deactivate_user

    deactivate_user(gone, by=SYSTEM)
    strangers = [person("ana.lopes", everything_but), service_account("bot", developer_role()), gone]
    for stranger in strangers:
        for name, step in steps.items():
            with told() as events, pytest.raises(Refused, match="Manage Infrastructure and Users"):
                step(stranger)
            (event,) = events
            assert event.outcome == "refused"
            assert event.activity.endswith(f".{name}")
    assert order() == ["Development"]
