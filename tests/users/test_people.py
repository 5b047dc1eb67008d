"""People: what is told of each step, and what nobody may do."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from audit.activity import Refused
from tests.factories import (
    PASSWORD,
    SYSTEM,
    administrator,
    administrator_role,
    developer_role,
    environment,
    person,
    role,
    service_account,
)
from tests.together import together
from tests.told import Told, told
from users import services
from users.models import User

pytestmark = pytest.mark.usefixtures("assert_nothing_outside")

GOOD: dict[str, Any] = {"username": "ana.lopes", "name": "Ana Lopes", "email": "", "time_zone": ""}


def fresh(user: User) -> User:
    found: User = User.objects.get(pk=user.pk)
    return found


def only(events: list[Told]) -> Told:
    (event,) = events
    return event


def faults(step: Callable[[], Any]) -> dict[str, list[str]]:
    """Return what a step finds wrong, and make sure that it told and did nothing."""
    with told() as events, pytest.raises(ValidationError) as caught:
        step()
    assert events == []
    return caught.value.message_dict if hasattr(caught.value, "error_dict") else {"": caught.value.messages}


def test_creating_is_told_to_the_person_and_to_the_role() -> None:
    ada = administrator()
    with told() as events:
        services.create_user(by=ada, role=developer_role(), password=PASSWORD, **GOOD)
    event = only(events)
    assert event.sentence == "User 'Ana Lopes' (ana.lopes) created. Default role is 'Developer'"
    assert event.subjects == ("Ana Lopes", "Developer")
    assert event.changes["Username"] == (None, "ana.lopes")
    assert event.changes["Password"] == (None, "(not shown)")
    assert "*" in event.fields


def test_changing_names_each_field_with_old_and_new() -> None:
    ana = person("ana.lopes")
    with told() as events:
        services.change_user(
            ana,
            by=administrator(),
            name="Ana Maria Lopes",
            email="ana@example.com",
            username="ana.m.lopes",
            time_zone="Europe/Lisbon",
        )
    event = events[-1]
    assert event.sentence == "User 'Ana Maria Lopes' (ana.m.lopes) updated."
    assert event.changes == {
        "Name": ("Ana Lopes", "Ana Maria Lopes"),
        "Email": (None, "ana@example.com"),
        "Username": ("ana.lopes", "ana.m.lopes"),
        "Time zone": (None, "Europe/Lisbon"),
    }
    assert event.fields == {"name", "email", "username", "time_zone"}


def test_what_stays_as_it_was_is_not_told() -> None:
    ana = person("ana.lopes")
    with told() as events:
        services.change_user(ana, by=SYSTEM, **GOOD)
        services.change_default_role(ana, by=SYSTEM, role=developer_role())
        services.activate_user(ana, by=SYSTEM)
    assert events == []


def test_another_default_role_is_told_to_the_person_and_to_both_roles() -> None:
    ana, tester = person("ana.lopes"), role("Tester")
    with told() as events:
        services.change_default_role(ana, by=SYSTEM, role=tester)
    event = only(events)
    assert event.sentence == "User 'Ana Lopes' (ana.lopes) updated. Role changed from 'Developer' to 'Tester'"
    assert event.subjects == ("Ana Lopes", "Developer", "Tester")
    assert event.changes == {"Default role": ("Developer", "Tester")}
    assert event.fields == {"role"}


def test_deactivating_and_activating() -> None:
    ana = person("ana.lopes")
    with told() as events:
        services.deactivate_user(ana, by=administrator())
        services.activate_user(ana, by=SYSTEM)
    sentences = [event.sentence for event in events if "Ana" in event.sentence]
    assert sentences == ["User 'Ana Lopes' (ana.lopes) deactivated", "User 'Ana Lopes' (ana.lopes) activated"]


def test_setting_a_password_tells_that_it_was_set_and_never_what_it_is() -> None:
    ana = person("ana.lopes")
    with told() as events:
        services.set_password(ana, by=SYSTEM, password=PASSWORD)
    event = only(events)
    assert event.sentence == "Password of user 'Ana Lopes' (ana.lopes) set"
    assert event.changes == {"Password": ("(not shown)", "(not shown)")}
    assert ana.check_password(PASSWORD)


def test_ones_own_password_needs_the_current_one() -> None:
    ana = person("ana.lopes", password=PASSWORD)
    new = PASSWORD + "-new"
    wrong = faults(lambda: services.change_own_password(by=ana, current="guess", new=new))
    assert wrong == {"current": ["This is not your current password."]}
    same = faults(lambda: services.change_own_password(by=ana, current=PASSWORD, new=PASSWORD))
    assert "other than the current one" in same["password"][0]
    with told() as events:
        services.change_own_password(by=ana, current=PASSWORD, new=new)
    assert only(events).sentence == "User 'Ana Lopes' (ana.lopes) changed their password"


def test_ones_own_time_zone() -> None:
    ana = person("ana.lopes")
    with told() as events:
        services.change_own_time_zone(by=ana, time_zone="Asia/Tokyo")
    assert only(events).sentence == "User 'Ana Lopes' (ana.lopes) changed their time zone"
    assert only(events).changes == {"Time zone": (None, "Asia/Tokyo")}
    assert (
        "no time zone"
        in faults(lambda: services.change_own_time_zone(by=ana, time_zone="../etc/passwd"))["time_zone"][0]
    )


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("username", "", "cannot be empty"),
        ("username", "x" * 101, "100 characters"),
        ("username", "nul\0", "one line"),
        ("username", "BO.CHEN", "Choose another username"),
        ("username", "administrator", "Choose another username"),
        ("name", " ", "cannot be empty"),
        ("name", "x" * 101, "100 characters"),
        ("name", "a\nb", "one line"),
        ("name", "Administrator", "Choose another"),
        ("name", "SYSTEM", "Choose another"),
        ("email", "no address", "ana.lopes@example.com"),
        ("email", "x" * 250 + "@example.com", "254 characters"),
        ("time_zone", "Mars/Base", "no time zone"),
    ],
)
def test_what_a_person_cannot_be_called(column: str, value: str, why: str) -> None:
    person("bo.chen")
    found = faults(lambda: services.create_user(by=SYSTEM, role=developer_role(), **{**GOOD, column: value}))
    assert why in found[column][0]
    ana = person("ana.lopes")
    found = faults(lambda: services.change_user(ana, by=SYSTEM, **{**GOOD, column: value}))
    assert why in found[column][0]


@pytest.mark.parametrize(
    "password", ["short1A", "nodigitsHere", "alllowercase1", "ALLUPPERCASE1", "Ana.Lopes-12345"]
)
def test_a_password_that_is_too_weak(password: str) -> None:
    ana = person("ana.lopes")
    assert faults(lambda: services.set_password(ana, by=SYSTEM, password=password))["password"]
    assert faults(
        lambda: services.create_user(
            by=SYSTEM,
            role=developer_role(),
            password=password,
            **{**GOOD, "username": "ana.lopes2"},
        )
    )["password"]


def test_of_two_equal_usernames_one_is_made() -> None:
    outcomes = together(*[lambda name=name: person(name) for name in ("ana.lopes", "Ana.Lopes")])
    (fault,) = [one for one in outcomes if isinstance(one, Exception)]
    assert isinstance(fault, ValidationError)
    assert "username" in fault.message_dict


@pytest.mark.parametrize(
    "step",
    [
        lambda user, by: services.deactivate_user(user, by=by),
        lambda user, by: services.change_default_role(user, by=by, role=developer_role()),
    ],
    ids=["deactivate", "demote"],
)
def test_of_two_administrators_who_shut_each_other_out_one_remains(step: Callable[..., Any]) -> None:
    ada, bob = administrator(), administrator("bob.admin")
    outcomes = together(lambda: step(fresh(bob), fresh(ada)), lambda: step(fresh(ada), fresh(bob)))
    assert sum(isinstance(outcome, ValidationError | Refused) for outcome in outcomes) == 1, outcomes
    remaining = User.objects.people().active().filter(role=administrator_role())
    assert remaining.count() == 1
    with pytest.raises(Refused):  # whoever began before it happened
        (left,) = remaining
        step(fresh(left), ada if left == bob else bob)


def test_a_stranger_is_refused_everything_and_it_is_on_record() -> None:
    stranger, ana = person("stan.stranger"), person("ana.lopes", password=PASSWORD)
    steps: list[Callable[[], Any]] = [
        lambda: services.create_user(by=stranger, role=developer_role(), **{**GOOD, "username": "new"}),
        lambda: services.change_user(ana, by=stranger, **GOOD),
        lambda: services.change_default_role(ana, by=stranger, role=developer_role()),
        lambda: services.deactivate_user(ana, by=stranger),
        lambda: services.activate_user(ana, by=stranger),
        lambda: services.set_password(ana, by=stranger, password=PASSWORD),
    ]
    for step in steps:
        with told() as events, pytest.raises(Refused, match="Manage Infrastructure and Users"):
            step()
        assert [event.outcome for event in events] == ["refused"]
    ana.refresh_from_db()
    assert ana.is_active
    assert ana.check_password(PASSWORD)


def test_nobody_changes_their_own_role_or_shuts_their_own_account_or_skips_their_own_password() -> None:
    ada = administrator()
    steps: list[Callable[[], Any]] = [
        lambda: services.change_default_role(ada, by=ada, role=developer_role()),
        lambda: services.deactivate_user(ada, by=ada),
        lambda: services.set_password(ada, by=ada, password=PASSWORD),
    ]
    for step in steps:
        with told() as events, pytest.raises(Refused):
            step()
        assert [event.outcome for event in events] == ["refused"]
        assert events[0].subjects[0] == "Ada Admin"


def test_a_manager_hands_out_nothing_above_their_own_role() -> None:
    environment()
    manager = person("max.manager", role("Manager", manage_infrastructure=True))
    ana = person("ana.lopes", role("Nothing"))
    steps: list[Callable[[], Any]] = [
        lambda: services.change_default_role(ana, by=manager, role=administrator_role()),
        lambda: services.create_user(
            by=manager, role=administrator_role(), **{**GOOD, "username": "new.admin"}
        ),
        lambda: services.create_service_account(
            by=manager, role=administrator_role(), username="new-bot", name="new-bot"
        ),
    ]
    for step in steps:
        with told() as events, pytest.raises(Refused, match="nowhere above your own"):
            step()
        assert [event.outcome for event in events] == ["refused"]
    assert not User.objects.filter(username__startswith="new").exists()


def test_a_person_and_a_service_account_are_not_taken_for_each_other() -> None:
    ana, bot = person("ana.lopes"), service_account()
    assert "service account" in faults(lambda: services.change_user(bot, by=SYSTEM, **GOOD))[""][0]
    assert (
        "service account" in faults(lambda: services.set_password(bot, by=SYSTEM, password=PASSWORD))[""][0]
    )
    assert (
        "is a person"
        in faults(lambda: services.change_service_account(ana, by=SYSTEM, username="x", name="x"))[""][0]
    )
    assert "is a person" in faults(lambda: services.issue_token(ana, by=SYSTEM))[""][0]
