"""Two people do the same to teams at the same moment."""

from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError

from applications.models import Application
from applications.services import put_in_team
from audit.models import Event
from roles.models import Role
from roles.services import delete_role
from teams import services
from teams.models import Membership, Team
from tests.factories import SYSTEM, application, developer_role, environment, person, role, team
from tests.together import together

pytestmark = pytest.mark.usefixtures("assert_nothing_outside")


def test_of_two_equal_names_one_is_created() -> None:
    outcomes = together(*[lambda name=name: team(name) for name in ("Payments", "payments")])
    (fault,) = [one for one in outcomes if isinstance(one, Exception)]
    assert isinstance(fault, ValidationError)
    assert "name" in fault.message_dict
    assert Team.objects.count() == 1


def test_the_same_person_is_added_once() -> None:
    payments, ana = team("Payments"), person("ana.lopes")
    roles = [developer_role(), role("Tester")]
    outcomes = together(
        *[lambda held=held: services.add_member(payments, by=SYSTEM, user=ana, role=held) for held in roles]
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "ValidationError"]
    assert Membership.objects.count() == 1
    assert Event.objects.filter(activity="teams.team.member_added").count() == 1


def test_each_change_of_a_role_is_told_with_the_role_that_was_really_held() -> None:
    ana = person("ana.lopes")
    payments = team("Payments", {ana: developer_role()})
    roles = [role("Tester"), role("Operator")]
    outcomes = together(
        *[
            lambda held=held: services.change_member_role(payments, by=SYSTEM, user=ana, role=held)
            for held in roles
        ]
    )
    changes = [
        next(iter(event.body["changes"].values()))
        for event in Event.objects.filter(activity="teams.team.member_role_changed").order_by("id")
    ]
    assert changes[0][0] == "Developer"
    assert all(before[1] == after[0] for before, after in pairwise(changes))
    assert changes[-1][1] == str(Membership.objects.get().role)
    assert all(one is None or isinstance(one, ValidationError) for one in outcomes)


def test_an_application_put_into_a_team_that_is_just_deleted_has_no_team() -> None:
    payments = team("Payments")
    invoices = application("Invoices", environment())
    together(
        lambda: services.delete_team(Team.objects.get(), by=SYSTEM),
        lambda: put_in_team(Application.objects.get(), by=SYSTEM, team=payments),
    )
    invoices.refresh_from_db()
    assert invoices.team_id in {None, *Team.objects.values_list("pk", flat=True)}


def test_a_role_that_is_just_deleted_is_held_by_nobody() -> None:
    payments, ana = team("Payments"), person("ana.lopes")
    tester = role("Tester")
    outcomes = together(
        lambda: delete_role(Role.objects.get(name="Tester"), by=SYSTEM, replacement=developer_role()),
        lambda: services.add_member(payments, by=SYSTEM, user=ana, role=tester),
    )
    assert all(one is None or isinstance(one, ValidationError) for one in outcomes), outcomes
    held = set(Membership.objects.values_list("role__name", flat=True))
    assert held <= {"Developer", "Tester"}
    assert ("Tester" in held) == Role.objects.filter(name="Tester").exists() or not held
