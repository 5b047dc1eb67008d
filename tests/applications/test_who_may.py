"""Who may do what with an application, whichever way they come: the services themselves refuse, and nothing changes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from applications import services
from audit.activity import Refused
from teams.models import Team
from tests.applications.landscape import Landscape
from tests.factories import SYSTEM, team
from tests.told import told
from users.models import User
from users.services import deactivate_user

EVERYBODY = ("administrator", "developer", "lister", "outsider", "manager", "lead", "steward")
Step = Callable[[Landscape, User], Any]

STEPS: dict[str, Step] = {
    "create": lambda at, by: services.create_application(by=by, name="Ledger", environment=at.development),
    "create for the team": lambda at, by: services.create_application(
        by=by, name="Ledger", environment=at.development, team=at.payments
    ),
    "create in production": lambda at, by: services.create_application(
        by=by, name="Ledger", environment=at.production
    ),
    "rename": lambda at, by: services.change_application(at.shop, by=by, name="Store"),
    "tag": lambda at, by: services.tag_version(at.shop, by=by, environment=at.development, number="2.0"),
    "publish": lambda at, by: services.report_change(at.shop, by=by, environment=at.development),
    "block": lambda at, by: services.block(at.shop, by=by, environment=at.development, reason="Frozen"),
    "block in production": lambda at, by: services.block(
        at.shop, by=by, environment=at.production, reason="Frozen"
    ),
    "deploy to production": lambda at, by: services.deployed(
        at.shop, by=by, environment=at.production, version=at.shop.versions.get(number="1.0")
    ),
    "delete a version": lambda at, by: services.delete_version(at.shop.versions.get(number="1.0"), by=by),
    "take out of the team": lambda at, by: services.take_out_of_team(at.shop, by=by),
    "put into another team": lambda at, by: services.put_in_team(
        at.shop, by=by, team=Team.objects.get(name="Sales")
    ),
}

# In the order of EVERYBODY: + may, - is refused.
TABLE = {
    "create": "++-----",
    "create for the team": "++-----",
    "create in production": "+------",
    "rename": "++---+-",
    "tag": "++---+-",
    "publish": "++---+-",
    "block": "++---+-",
    "block in production": "+------",
    "deploy to production": "+------",
    "delete a version": "++---+-",
    "take out of the team": "+---++-",
    "put into another team": "+---+--",
}


@pytest.fixture
def at(here: Landscape) -> Landscape:
    """The landscape with two versions and another team."""
    for number in ("1.0", "1.1"):
        services.tag_version(here.shop, by=SYSTEM, environment=here.development, number=number)
    team("Sales")
    return here


@pytest.mark.parametrize("step", STEPS)
def test_who_may(at: Landscape, step: str) -> None:
    for who, expected in zip(EVERYBODY, TABLE[step], strict=True):
        if expected == "-":
            assert_refused(STEPS[step], at, getattr(at, who))
            continue
        with transaction.atomic():  # undone again, for whoever is next
            STEPS[step](at, getattr(at, who))
            transaction.set_rollback(True)
        at.shop.refresh_from_db()


@pytest.mark.parametrize("step", STEPS)
def test_nobody_deactivated_may(at: Landscape, step: str) -> None:
    deactivate_user(at.developer, by=SYSTEM)
    at.developer.refresh_from_db()
    assert_refused(STEPS[step], at, at.developer)


def assert_refused(step: Step, at: Landscape, by: User) -> None:
    with told() as events, pytest.raises(Refused):
        step(at, by)
    assert [event.outcome for event in events] == ["refused"]
