"""Two people do the same to roles at the same moment."""

import pytest
from django.core.exceptions import ValidationError

from audit.activity.errors import Vanished
from roles.models import Role
from roles.services import change_role, delete_role
from tests.factories import SYSTEM, developer_role, person, role
from tests.together import together
from users.models import User
from users.services import change_default_role

pytestmark = pytest.mark.usefixtures("assert_nothing_outside")


def fresh(name: str) -> Role:
    found: Role = Role.objects.get(name=name)
    return found


def complaints(outcomes: list[object]) -> list[ValidationError]:
    """Return what went wrong, which may only ever be a sentence for people."""
    errors = [one for one in outcomes if isinstance(one, Exception)]
    assert all(isinstance(one, ValidationError | Vanished) for one in errors), errors
    return [one for one in errors if isinstance(one, ValidationError)]


def test_of_two_equal_names_one_is_made() -> None:
    (fault,) = complaints(together(*[lambda name=name: role(name) for name in ("Tester", "TESTER")]))
    assert "name" in fault.message_dict


def test_of_two_renamings_to_one_name_one_is_done() -> None:
    one, two = role("One"), role("Two")
    (fault,) = complaints(
        together(*[lambda r=r: change_role(fresh(r.name), by=SYSTEM, name="Tester") for r in (one, two)])
    )
    assert "name" in fault.message_dict
    assert Role.objects.filter(name="Tester").count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_a_role_given_to_somebody_while_it_is_deleted(attempt: int) -> None:
    tester = role("Tester")
    outcomes = together(
        lambda: delete_role(fresh("Tester"), by=SYSTEM, replacement=developer_role()),
        lambda: person("ana.lopes", tester),
    )
    complaints(outcomes)
    assert not User.objects.exclude(role__in=Role.objects.all()).exists()


def test_a_default_role_changed_while_it_is_deleted() -> None:
    tester, other = role("Tester"), role("Other")
    ana = person("ana.lopes", tester)
    outcomes = together(
        lambda: delete_role(fresh("Tester"), by=SYSTEM, replacement=developer_role()),
        lambda: change_default_role(User.objects.get(pk=ana.pk), by=SYSTEM, role=other),
    )
    complaints(outcomes)
    ana.refresh_from_db()
    assert str(ana.role) in {"Other", "Developer"}


def test_two_roles_that_replace_each_other() -> None:
    one, two = role("One"), role("Two")
    person("ana.lopes", one)
    person("bo.chen", two)
    outcomes = together(
        lambda: delete_role(fresh("One"), by=SYSTEM, replacement=two),
        lambda: delete_role(fresh("Two"), by=SYSTEM, replacement=one),
    )
    assert len(complaints(outcomes)) == 1
    assert Role.objects.filter(name__in=["One", "Two"]).count() == 1


def test_deleting_twice_deletes_once() -> None:
    tester = role("Tester")
    outcomes = together(
        *[lambda: delete_role(Role.objects.get(pk=tester.pk), by=SYSTEM, replacement=None)] * 2
    )
    complaints(outcomes)
    assert len([one for one in outcomes if one is None]) >= 1
