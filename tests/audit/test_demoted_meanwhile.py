"""Permission is asked of who somebody is when the step holds the row, not of who they were when the request began."""

import math
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.activity import Refused, actors
from audit.models import Event
from roles.models import Role
from roles.services import change_role
from tests.audit.test_record import verbs
from tests.audit.things import guarded
from tests.factories import SYSTEM, environment, person, role
from tests.together import together
from users.models import User
from users.services import change_default_role, create_user, deactivate_user

pytestmark = pytest.mark.usefixtures("assert_nothing_outside")
Moment = Callable[[float], None]


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    """Say how many seconds what is known of an actor holds."""
    return lambda seconds: monkeypatch.setattr(actors, "MOMENT", seconds)


@pytest.fixture(autouse=True)
def nothing_holds(moment: Moment) -> None:
    moment(-1)


@pytest.fixture
def ingrid(assert_nothing_outside: None) -> User:
    environment()
    made = person("ingrid.holm", role("Manager", manage_infrastructure=True))
    found: User = User.objects.select_related("role").get(pk=made.pk)
    return found


def of(user: User) -> User:
    found: User = User.objects.get(pk=user.pk)
    return found


LOSSES: dict[str, Callable[[User], Any]] = {
    "deactivated": lambda user: deactivate_user(of(user), by=SYSTEM),
    "given another role": lambda user: change_default_role(of(user), by=SYSTEM, role=role("Nothing")),
    "her role changed": lambda user: change_role(
        Role.objects.get(pk=user.role_id), by=SYSTEM, name="Manager"
    ),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_whoever_lost_the_permission_since_the_request_began_is_refused_on_record(
    ingrid: User, loss: str
) -> None:
    tester = role("Tester")
    LOSSES[loss](ingrid)
    with pytest.raises(Refused), guarded(tester, by=ingrid):
        tester.name = "Prover"
    with pytest.raises(Refused):
        create_user(by=ingrid, username="new", name="New", role=tester)
    assert Event.objects.filter(outcome="refused", actor_key=ingrid.pk).count() == 2
    assert Role.objects.filter(name="Tester").exists()


@pytest.mark.parametrize(
    "seconds", [-1, 0.2]
)  # read again along with the lock; after a lock that was long in coming
def test_also_while_the_step_waits_for_the_row(ingrid: User, moment: Moment, seconds: float) -> None:
    moment(seconds)
    tester = role("Tester")
    role("Nothing")

    holding: list[bool] = []
    demoted: list[bool] = []

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM roles_role WHERE key = %s FOR UPDATE", [tester.pk])
            holding.append(True)
            until(lambda: bool(demoted))
            cursor.execute("COMMIT")

    def change() -> None:
        until(lambda: bool(holding))
        with guarded(mine := Role.objects.get(pk=tester.pk), by=of(ingrid)):
            mine.name = "Prover"

    def demote() -> None:
        await_a_waiting_step()
        time.sleep(max(seconds, 0))
        change_default_role(of(ingrid), by=SYSTEM, role=Role.objects.get(name="Nothing"))
        demoted.append(True)

    outcomes = together(hold, change, demote)
    assert [type(outcome) for outcome in outcomes] == [type(None), Refused, type(None)]
    assert Role.objects.filter(name="Tester").exists()


def await_a_waiting_step() -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

    def is_there() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            (count,) = cursor.fetchone() or (0,)
        return bool(count)

    until(is_there)


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_costs_no_message(ingrid: User, moment: Moment) -> None:
    moment(60)
    tester = role("Tester")
    for name in ("Prover", "Checker"):  # the first time on a connection, statements are prepared
        ingrid.read_at = -math.inf
        with CaptureQueriesContext(connection) as queries, guarded(tester, by=ingrid):
            tester.name = name
    assert verbs(queries) == [
        ["BEGIN"],
        ["BEGIN", "lock", "actor"],
        ["write", "record", "COMMIT"],
        ["COMMIT"],
    ]


def test_who_was_read_a_moment_ago_is_not_read_again(ingrid: User, moment: Moment) -> None:
    moment(60)
    tester = role("Tester")
    with CaptureQueriesContext(connection) as queries, guarded(tester, by=of(ingrid)):
        tester.name = "Prover"
    assert not any("actor" in message for message in verbs(queries))
