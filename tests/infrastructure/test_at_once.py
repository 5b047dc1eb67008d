"""Two people do the same to environments at the same moment."""

import pytest
from django.core.exceptions import ValidationError

from applications.services import create_application
from infrastructure import services
from infrastructure.models import Environment
from tests.factories import SYSTEM, environment
from tests.together import together

pytestmark = pytest.mark.usefixtures("assert_nothing_outside")


def fresh(name: str) -> Environment:
    found: Environment = Environment.objects.get(name=name)
    return found


def test_of_two_equal_names_one_is_registered() -> None:
    outcomes = together(*[lambda name=name: environment(name) for name in ("QA", "qa")])
    (fault,) = [one for one in outcomes if isinstance(one, Exception)]
    assert isinstance(fault, ValidationError)
    assert "name" in fault.message_dict
    assert Environment.objects.count() == 1


def test_several_registered_at_once_get_a_place_each() -> None:
    outcomes = together(*[lambda number=number: environment(f"Test {number}") for number in range(4)])
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert sorted(Environment.objects.values_list("position", flat=True)) == [0, 1, 2, 3]


def test_moves_in_opposite_directions_leave_every_environment_in_one_place() -> None:
    names = ["A", "B", "C", "D"]
    for name in names:
        environment(name)
    moves = [("A", 3), ("D", 0), ("B", 2), ("C", 0)]
    steps = [
        lambda name=name, place=place: services.move_environment(fresh(name), by=SYSTEM, position=place)
        for name, place in moves
    ]
    assert together(*steps) == [None] * 4
    assert sorted(Environment.objects.values_list("position", flat=True)) == [0, 1, 2, 3]


def test_the_same_move_twice_moves_once() -> None:
    for name in ("A", "B", "C"):
        environment(name)
    move = lambda: services.move_environment(fresh("C"), by=SYSTEM, position=1)  # noqa: E731
    assert together(move, move) == [None, None]
    assert [str(one) for one in Environment.objects.in_order()] == ["A", "C", "B"]


def test_an_application_put_into_an_environment_that_is_just_unregistered() -> None:
    place = environment()
    other = fresh("Development")
    outcomes = together(
        lambda: services.unregister_environment(other, by=SYSTEM),
        lambda: create_application(by=SYSTEM, name="Invoices", environment=place),
    )
    assert any(isinstance(one, Exception) for one in outcomes)
    assert all(
        isinstance(one, ValidationError | Environment.DoesNotExist)
        for one in outcomes
        if isinstance(one, Exception)
    )
