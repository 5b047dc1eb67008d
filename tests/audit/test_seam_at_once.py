"""Several people at the same moment: nothing is lost, nothing is told wrongly, and a deadlock changes nothing."""

from collections.abc import Callable
from http import HTTPStatus
from itertools import pairwise
from threading import Barrier

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.test import RequestFactory

from audit.activity import Vanished
from audit.models import Event
from auditconsole.middleware import RecordRequiredMiddleware
from roles.models import Role
from tests.audit.things import changed, unmade
from tests.factories import SYSTEM, role
from tests.together import together

pytestmark = pytest.mark.usefixtures("committed_db")


def test_each_event_begins_where_the_one_before_ended() -> None:
    tester = role("Tester")

    def rename(name: str) -> Callable[[], None]:
        def step() -> None:
            mine = Role.objects.get(pk=tester.pk)
            with changed(mine, by=SYSTEM):
                mine.description += name
                mine.save()

        return step

    assert together(*(rename(name) for name in "abcdef")) == [None] * 6
    told = [
        event.body["changes"]["Description"]
        for event in Event.objects.filter(activity="roles.role.test_changed").order_by("id")
    ]
    assert told[0][0] is None
    assert [one[1] for one, _ in pairwise(told)] == [two[0] for _, two in pairwise(told)]
    assert sorted(Role.objects.get(pk=tester.pk).description) == list("abcdef")


def test_of_two_who_delete_one_gets_404() -> None:
    tester = role("Tester")

    def delete() -> None:
        mine = Role.objects.get(pk=tester.pk)
        both_have_read.wait(timeout=30)
        with unmade(mine, by=SYSTEM):
            mine.levels.all().delete()
            mine.delete()

    both_have_read = Barrier(2)
    outcomes = together(delete, delete)
    assert [type(outcome) for outcome in outcomes if outcome] == [Vanished]
    assert Event.objects.filter(activity="roles.role.test_unmade").count() == 1


def test_who_lock_in_different_order_are_not_both_stuck() -> None:
    one, two = role("One"), role("Two")
    both_hold_one = Barrier(2)

    def lock(first: Role, second: Role) -> Callable[[], None]:
        def step() -> None:
            mine, other = Role.objects.get(pk=first.pk), Role.objects.get(pk=second.pk)
            with changed(mine, by=SYSTEM):
                mine.description = "first"
                mine.save()
                both_hold_one.wait(timeout=30)
                with changed(other, by=SYSTEM):
                    other.view_audit_logs = True
                    other.save()

        return step

    outcomes = together(lock(one, two), lock(two, one))
    (stuck,) = [outcome for outcome in outcomes if outcome is not None]
    assert isinstance(stuck, OperationalError)
    # the other's two changes are there and on record; nothing of the one that gave up is
    assert (
        list(Role.objects.filter(name__in=["One", "Two"]).values_list("description", flat=True)).count(
            "first"
        )
        == 1
    )
    assert Event.objects.filter(activity="roles.role.test_changed").count() == 2
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    answer = RecordRequiredMiddleware(lambda _: None).process_exception(request, stuck)  # type: ignore[arg-type, return-value]
    assert answer is not None
    assert answer.status_code == HTTPStatus.CONFLICT
