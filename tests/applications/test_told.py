"""Every step is told: its sentence, the things it is about, the fields it names; and the witness has nothing to add."""

from collections.abc import Callable
from typing import Any

import pytest

from applications import services
from applications.models import Version
from audit.activity import System
from tests.applications.landscape import Landscape
from tests.factories import SYSTEM, developer_role, person, team
from tests.told import Told, told

ROBOT = System("plan worker")


@pytest.fixture
def here(committed: Landscape) -> Landscape:
    """Here everything is committed."""
    return committed


def only(step: Callable[[], Any]) -> Told:
    with told() as events:
        step()
    (event,) = events
    assert event.outcome == "succeeded"
    return event


def tag(here: Landscape, number: str = "1.0") -> Version:
    return services.tag_version(here.shop, by=here.administrator, environment=here.development, number=number)


def test_creating(here: Landscape) -> None:
    event = only(
        lambda: services.create_application(
            by=here.developer,
            name=" Ledger ",
            environment=here.development,
            description="Books.",
            technology="Service",
        )
    )
    assert event.sentence == "Application 'Ledger' created in environment 'Development'"
    assert event.subjects == ("Ledger", "Development")
    assert "*" in event.fields
    assert event.changes["Name"] == (None, "Ledger")
    assert event.changes["Kind"] == (None, "Service")
    assert event.changes["Description"] == (None, "Books.")


def test_creating_in_a_team_stands_in_the_teams_log_too(here: Landscape) -> None:
    event = only(
        lambda: services.create_application(
            by=here.administrator, name="Ledger", environment=here.development, team=here.payments
        )
    )
    assert event.sentence == "Application 'Ledger' created in environment 'Development' for team 'Payments'"
    assert event.subjects == ("Ledger", "Development", "Payments")
    assert "*" in event.fields
    assert event.changes["Team"] == (None, "Payments")


def test_a_new_application_is_a_change_that_is_not_tagged_yet(here: Landscape) -> None:
    made = services.create_application(by=here.developer, name="Ledger", environment=here.development)
    (status,) = made.statuses.all()
    assert (status.version, status.is_modified, status.changed_by) == (None, True, here.developer)


def test_changing_several_things_is_told_one_by_one_and_summed_up(here: Landscape) -> None:
    with told() as events:
        services.change_application(
            here.shop, by=here.administrator, name="Store", description="Sells.", technology="Mobile"
        )
    assert [(event.sentence, set(event.fields)) for event in events] == [
        ("Application 'Shop' renamed to 'Store'", {"name"}),
        ("Description of application 'Store' changed", {"description"}),
        ("Kind of application 'Store' changed from 'Web' to 'Mobile'", {"technology"}),
        ("Application 'Store' updated.", {"name", "description", "technology"}),
    ]
    assert events[0].changes == {"Name": ("Shop", "Store")}
    assert events[1].changes == {"Description": (None, "Sells.")}
    assert events[2].changes == {"Kind": ("Web", "Mobile")}


def test_saving_what_is_there_already_tells_nothing(here: Landscape) -> None:
    services.block(here.shop, by=here.administrator, environment=here.production, reason="Frozen")
    with told() as events:
        services.change_application(here.shop, by=here.administrator, name="Shop", description="")
        services.put_in_team(here.shop, by=here.administrator, team=here.payments)
        services.block(here.shop, by=here.administrator, environment=here.production, reason="Frozen")
        stewarding = here.shop.roles.get(user=here.steward).role
        services.change_role(here.shop, by=here.administrator, user=here.steward, role=stewarding)
    assert events == []


def test_reporting_a_change(here: Landscape) -> None:
    tag(here)
    event = only(lambda: services.report_change(here.shop, by=here.developer, environment=here.development))
    assert event.sentence == "Published application 'Shop' in environment 'Development'"
    assert event.subjects == ("Shop", "Development")
    assert event.fields == {"environments"}
    status = here.shop.statuses.get()
    assert (str(status.version), status.is_modified, status.changed_by) == ("1.0", True, here.developer)


def test_tagging_a_version(here: Landscape) -> None:
    first = only(lambda: tag(here, "1.0"))
    assert first.sentence == "Tagged version 1.0 of application 'Shop' in environment 'Development'"
    assert first.subjects == ("Shop", "Development")
    assert first.fields == {"versions", "environments"}
    assert first.changes == {"Version in Development": (None, "1.0")}
    second = only(lambda: tag(here, "1.1"))
    assert second.changes == {"Version in Development": ("1.0", "1.1")}
    status = here.shop.statuses.get()
    assert (str(status.version), status.is_modified) == ("1.1", False)


def test_deploying_is_told_of_the_system(here: Landscape) -> None:
    version = tag(here)
    event = only(lambda: services.deployed(here.shop, by=ROBOT, environment=here.production, version=version))
    assert event.sentence == "Deployed version 1.0 of application 'Shop' to environment 'Production'"
    assert event.subjects == ("Shop", "Production")
    assert event.fields == {"environments"}
    assert event.changes == {"Version in Production": (None, "1.0")}
    assert event.reason == "plan worker"
    status = here.shop.statuses.get(environment=here.production)
    assert (status.version, status.is_modified, status.changed_by) == (version, False, None)


def test_deleting_a_version(here: Landscape) -> None:
    version = tag(here, "1.0")
    tag(here, "1.1")
    event = only(lambda: services.delete_version(version, by=here.developer))
    assert event.sentence == "Deleted version 1.0 of application 'Shop'"
    assert event.subjects == ("Shop", "Development")
    assert event.fields == {"versions"}
    assert event.changes == {"Version 1.0": ("1.0", None)}


def test_leaving_a_team_and_joining_one(here: Landscape) -> None:
    left = only(lambda: services.take_out_of_team(here.shop, by=here.manager))
    assert left.sentence == "Application 'Shop' removed from team 'Payments'"
    assert left.subjects == ("Shop", "Payments")
    assert left.fields == {"team"}
    assert left.changes == {"Team": ("Payments", None)}
    joined = only(lambda: services.put_in_team(here.shop, by=here.manager, team=here.payments))
    assert joined.sentence == "Application 'Shop' added to team 'Payments'"
    assert joined.subjects == ("Shop", "Payments")
    assert joined.fields == {"team"}


def test_moving_between_teams_stands_in_the_logs_of_both(here: Landscape) -> None:
    sales = team("Sales")
    with told() as events:
        services.put_in_team(here.shop, by=here.manager, team=sales)
    assert [(event.sentence, event.subjects) for event in events] == [
        ("Application 'Shop' removed from team 'Payments'", ("Shop", "Payments")),
        ("Application 'Shop' added to team 'Sales'", ("Shop", "Sales")),
    ]


def test_granting_changing_and_revoking_a_role(here: Landscape) -> None:
    user, other = person("ana.lopes"), here.lister.role
    granted = only(lambda: services.grant_role(here.shop, by=SYSTEM, user=user, role=developer_role()))
    assert granted.sentence == "User 'Ana Lopes' (ana.lopes) granted role 'Developer' for application 'Shop'"
    assert granted.subjects == ("Shop", "Ana Lopes", "Developer")
    assert granted.changes == {"Role of Ana Lopes": (None, "Developer")}
    changed = only(lambda: services.change_role(here.shop, by=SYSTEM, user=user, role=other))
    assert changed.sentence == (
        "Role of user 'Ana Lopes' (ana.lopes) for application 'Shop' changed from 'Developer' to 'Listing'"
    )
    assert changed.subjects == ("Shop", "Ana Lopes", "Developer", "Listing")
    assert changed.changes == {"Role of Ana Lopes": ("Developer", "Listing")}
    revoked = only(lambda: services.revoke_role(here.shop, by=SYSTEM, user=user))
    assert revoked.sentence == "Role 'Listing' of user 'Ana Lopes' (ana.lopes) for application 'Shop' revoked"
    assert revoked.subjects == ("Shop", "Listing", "Ana Lopes")
    assert revoked.changes == {"Role of Ana Lopes": ("Listing", None)}
    assert granted.fields == changed.fields == revoked.fields == {"roles"}


def test_blocking_for_a_reason_another_reason_and_unblocking(here: Landscape) -> None:
    where: dict[str, Any] = {"by": here.administrator, "environment": here.production}
    blocked = only(lambda: services.block(here.shop, reason="Frozen", **where))
    assert blocked.sentence == "Application 'Shop' blocked in environment 'Production'"
    assert blocked.subjects == ("Shop", "Production")
    assert blocked.changes == {"Blocked in Production": (None, "Frozen")}
    assert blocked.reason == "Frozen"
    again = only(lambda: services.block(here.shop, reason="Audit", **where))
    assert again.changes == {"Blocked in Production": ("Frozen", "Audit")}
    unblocked = only(lambda: services.unblock(here.shop, **where))
    assert unblocked.sentence == "Application 'Shop' unblocked in environment 'Production'"
    assert unblocked.changes == {"Blocked in Production": ("Audit", None)}
    assert blocked.fields == again.fields == unblocked.fields == {"blocks"}
    assert not here.shop.blocks.exists()
