"""Roles: every change is told with its old and new value, and to everybody whom it affects."""

import pytest

from roles import services
from roles.levels import RoleLevel
from roles.models import Level, Role
from tests.factories import (
    SYSTEM,
    administrator,
    administrator_role,
    application,
    developer_role,
    environment,
    level_in,
    person,
    role,
    service_account,
    team,
)
from tests.told import told

pytestmark = pytest.mark.usefixtures("assert_nothing_outside")


def test_creating_tells_of_the_role_and_of_each_level() -> None:
    ada, dev, qa = administrator(), environment("Development"), environment("QA")
    with told() as events:
        services.create_role(
            by=ada,
            name=" Tester ",
            description="Tests.",
            view_audit_logs=True,
            levels={dev.pk: RoleLevel(Level.CHANGE_AND_DEPLOY, True, True), qa.pk: RoleLevel(Level.ACCESS)},
        )
    assert [event.sentence for event in events] == [
        "Role 'Tester' permissions have changed from 'No Access' to 'Change and Deploy Applications' "
        "in environment 'Development'",
        "Role 'Tester' has 'Create Applications' turned on in environment 'Development'",
        "Role 'Tester' has 'Add Dependencies to System' turned on in environment 'Development'",
        "Role 'Tester' permissions have changed from 'No Access' to 'Access' in environment 'QA'",
        "Role 'Tester' created",
    ]
    assert events[0].subjects == ("Tester", "Development")
    assert events[0].changes == {"Level in Development": ("No Access", "Change and Deploy Applications")}
    assert events[0].fields == {"levels"}
    assert events[-1].changes["View Audit Logs"] == (None, "on")
    assert "*" in events[-1].fields


def test_one_change_of_everything_is_told_change_by_change_and_as_a_whole() -> None:
    ada, dev, qa = administrator(), environment("Development"), environment("QA")
    tester = role("Tester", {dev: Level.OPEN, qa: RoleLevel(Level.LIST, False, True)})
    with told() as events:
        services.change_role(
            tester,
            by=ada,
            name="Testers",
            description="Tests.",
            manage_infrastructure=True,
            manage_teams=True,
            levels={dev.pk: RoleLevel(), qa.pk: RoleLevel()},
        )
    assert [(event.sentence, set(event.fields)) for event in events] == [
        ("Role 'Tester' renamed to 'Testers'", {"name"}),
        ("Role 'Testers' has 'Manage Teams and Application Roles' turned on", {"manage_teams"}),
        ("Role 'Testers' has 'Manage Infrastructure and Users' turned on", {"manage_infrastructure"}),
        (
            "Role 'Testers' permissions have changed from 'Open and Debug Applications' to 'No Access' "
            "in environment 'Development'",
            {"levels"},
        ),
        (
            "Role 'Testers' permissions have changed from 'List Applications' to 'No Access' "
            "in environment 'QA'",
            {"levels"},
        ),
        (
            "Role 'Testers' has 'Add Dependencies to System' turned off in environment 'QA'",
            {"levels"},
        ),
        ("Role 'Testers' updated.", {"name", "description", "manage_infrastructure", "manage_teams"}),
    ]
    assert events[5].changes == {"Add Dependencies to System in QA": ("on", "off")}


def test_the_widest_switch_is_turned_off_together_with_the_one_it_includes() -> None:
    manager = role("Manager", manage_infrastructure=True)
    services.change_role(manager, by=SYSTEM, name="Manager")
    manager.refresh_from_db()
    assert not manager.manage_infrastructure
    assert not manager.manage_teams


def test_a_change_spreads_to_everybody_who_holds_the_role_in_any_way() -> None:
    dev, qa = environment("Development"), environment("QA")
    tester, other = role("Tester", {dev: Level.OPEN, qa: Level.OPEN}), role("Other", {dev: Level.LIST})
    ana, bo, carla = person("ana.lopes", tester), person("bo.chen", other), person("carla.diaz", other)
    bot = service_account("release-bot", tester)
    person("dev.patel", other)
    team("Payments", {bo: tester})
    from applications.services import grant_role

    grant_role(application("Invoices", dev), by=SYSTEM, user=carla, role=tester)
    with told() as events:
        services.change_role(
            tester,
            by=administrator(),
            name="Tester",
            view_audit_logs=True,
            levels={dev.pk: RoleLevel(), qa.pk: RoleLevel()},
        )
    levels, switches = [event for event in events if "affected" in event.sentence]
    assert levels.sentence == (
        "Role 'Tester' permissions have changed to 'No Access' in 'Development', 'QA'. "
        "The following users were affected: Ana Lopes, Bo Chen, Carla Diaz, release-bot"
    )
    assert levels.subjects == ("Tester", "Development", "QA", str(ana), str(bo), str(carla), str(bot))
    assert switches.sentence == (
        "Role 'Tester' has changed 'View Audit Logs'. "
        "The following users were affected: Ana Lopes, Bo Chen, Carla Diaz, release-bot"
    )


def test_the_spread_is_by_system_and_in_the_same_request() -> None:
    from audit.models import Event

    dev, ada = environment(), administrator()
    tester = role("Tester", {dev: Level.OPEN})
    person("ana.lopes", tester)
    services.change_role(tester, by=ada, name="Tester", levels={dev.pk: RoleLevel()})
    changed, spread, summary = Event.objects.order_by("-pk")[:3][::-1]
    assert [event.actor_label for event in (changed, spread, summary)] == ["Ada Admin", "System", "Ada Admin"]
    assert len({event.request_id for event in (changed, spread, summary)}) == 1


def test_levels_alone_have_a_summary_too() -> None:
    dev = environment()
    tester = role("Tester", {dev: Level.OPEN})
    with told() as events:
        services.change_role(tester, by=SYSTEM, name="Tester", levels={dev.pk: RoleLevel(Level.LIST)})
    assert events[-1].sentence == "Role 'Tester' updated."


def test_what_stays_as_it_was_is_not_told() -> None:
    dev = environment()
    tester = role("Tester", {dev: RoleLevel(Level.FULL_CONTROL, True, True)}, view_audit_logs=True)
    person("ana.lopes", tester)
    with told() as events:
        services.change_role(
            tester,
            by=SYSTEM,
            name="Tester",
            view_audit_logs=True,
            levels={dev.pk: RoleLevel(Level.FULL_CONTROL, True, True)},
        )
    assert events == []


def test_an_environment_that_is_not_named_keeps_its_level() -> None:
    dev, qa = environment("Development"), environment("QA")
    tester = role("Tester", {dev: Level.OPEN, qa: Level.LIST})
    services.change_role(tester, by=SYSTEM, name="Tester", levels={dev.pk: RoleLevel()})
    assert level_in(tester, qa) == Level.LIST


def test_a_new_environment_gives_every_role_a_level_and_tells_it() -> None:
    role("Tester")
    with told() as events:
        environment("QA")
    assert [event.sentence for event in events if event.activity.startswith("roles.")] == [
        "Role 'Administrator' permissions have changed from 'No Access' to 'Full Control' in environment 'QA'",
        "Role 'Administrator' has 'Create Applications' turned on in environment 'QA'",
        "Role 'Administrator' has 'Add Dependencies to System' turned on in environment 'QA'",
        "Role 'Developer' permissions have changed from 'No Access' to 'List Applications' in environment 'QA'",
        "Role 'Tester' permissions have changed from 'No Access' to 'List Applications' in environment 'QA'",
    ]


def test_a_role_that_nobody_holds_is_deleted_without_a_replacement() -> None:
    tester = role("Tester", {environment(): Level.OPEN})
    with told() as events:
        services.delete_role(tester, by=administrator(), replacement=None)
    assert events[-1].sentence == "Role 'Tester' deleted"
    assert events[-1].changes["Name"] == ("Tester", None)
    assert not Role.objects.filter(name="Tester").exists()


def test_whoever_held_a_deleted_role_gets_the_replacement_and_it_is_told_to_them() -> None:
    from applications.services import grant_role

    dev = environment()
    tester, developer = role("Tester", {dev: Level.OPEN}), developer_role()
    ana, bo = person("ana.lopes", tester), person("bo.chen")
    bot = service_account("release-bot", tester)
    payments = team("Payments", {bo: tester})
    invoices = application("Invoices", dev)
    grant_role(invoices, by=SYSTEM, user=bo, role=tester)
    ada = administrator()
    with told() as events:
        services.delete_role(tester, by=ada, replacement=developer)
    default, in_team, for_application, deleted = events
    assert default.sentence == "Users with default role 'Tester', now have default role 'Developer'"
    assert default.subjects == ("Tester", "Developer", "Ana Lopes", "release-bot")
    assert default.fields == {"role"}
    assert default.changes == {"Default role": ("Tester", "Developer")}
    assert in_team.sentence == "Users with role 'Tester' in 'Payments', now have role 'Developer' there"
    assert set(in_team.subjects) == {"Tester", "Developer", "Payments", "Bo Chen"}
    assert (
        for_application.sentence == "Users with role 'Tester' for 'Invoices', now have role 'Developer' there"
    )
    assert set(for_application.subjects) == {"Tester", "Developer", "Invoices", "Bo Chen"}
    assert deleted.sentence == "Role 'Tester' deleted"
    for account in (ana, bot):
        account.refresh_from_db()
        assert account.role == developer
    assert payments.memberships.get().role == developer
    assert invoices.roles.get().role == developer


def test_the_role_that_may_do_everything_is_never_below_anybody() -> None:
    environment("Development")
    environment("QA")
    full = administrator_role()
    assert all(one.is_within(full) for one in Role.objects.all())
