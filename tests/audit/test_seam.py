"""Performing an activity: what becomes an event, and what it says."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from audit.activity import Refused, Vanished
from roles.models import Role
from tests.audit.things import changed, events, guarded, last, made, outside, team_changed, told, unmade
from tests.factories import SYSTEM, person, role

pytestmark = pytest.mark.django_db


def rename(thing: Role, name: str) -> None:
    with changed(thing, by=SYSTEM):
        thing.name = name
        thing.save()


def assert_holds(thing: Role, **values: object) -> None:
    row = Role.objects.filter(pk=thing.pk).values(*values).get()
    assert row == values


def count(before: int = 0) -> int:
    return len(events()) - before


class TestDifference:
    def test_names_old_and_new(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            tester.description = "Tests"
            tester.view_audit_logs = True
            tester.save()
        assert last().body["changes"] == {
            "Description": [None, "Tests"],
            "View Audit Logs": ["off", "on"],
        }
        assert last().changed_fields == ["description", "view_audit_logs"]

    def test_a_save_that_changes_nothing_records_nothing(self) -> None:
        tester = role("Tester")
        before = count()
        rename(tester, "Tester")
        assert count(before) == 0

    def test_what_was_assigned_is_written_when_the_block_ends(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            tester.name, tester.description = "Checker", "Checks"
        assert last().body["changes"] == {"Name": ["Tester", "Checker"], "Description": [None, "Checks"]}
        assert_holds(tester, name="Checker", description="Checks")

    def test_what_a_save_left_out_is_written_too(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            tester.name, tester.description = "Checker", "Checks"
            tester.save(update_fields=["name"])
            tester.name = "Prover"
        assert last().body["changes"] == {"Name": ["Tester", "Prover"], "Description": [None, "Checks"]}
        assert_holds(tester, name="Prover", description="Checks")

    def test_only_what_was_assigned_is_written(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            Role.objects.filter(pk=tester.pk).update(description="meanwhile")
            tester.name = "Checker"
        assert_holds(tester, name="Checker", description="meanwhile")

    def test_each_block_writes_what_was_assigned_in_it(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            tester.description = "of the outer block"
            with changed(tester, by=SYSTEM):
                tester.name = "Checker"
            assert last().body["changes"] == {"Name": ["Tester", "Checker"]}
            assert_holds(tester, name="Checker", description="")
        assert_holds(tester, name="Checker", description="of the outer block")

    def test_what_was_put_back_is_written_too(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            tester.name = "Checker"
            tester.save()
            tester.name = "Tester"
        assert_holds(tester, name="Tester")

    def test_what_an_inner_block_changed_can_be_put_back_by_the_outer(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            with changed(tester, by=SYSTEM):
                tester.name = "Checker"
            tester.name = "Tester"
        assert_holds(tester, name="Tester")

    def test_what_the_database_refuses_is_the_changes_fault(self) -> None:
        tester, _ = role("Tester"), role("Checker")
        before = count()
        for name, error in (("Checker", IntegrityError), ("x" * 1000, DataError)):
            with pytest.raises(error), transaction.atomic(), changed(tester, by=SYSTEM):
                tester.name = name
        assert count(before) == 0
        assert_holds(tester, name="Tester")

    def test_the_database_computed_the_value(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            tester.name = Concat(F("name"), Value(" II"))
        assert last().body["changes"] == {"Name": ["Tester", "Tester II"]}
        assert last().sentence == "Role 'Tester II' changed"

    def test_a_text_that_means_the_same_number_is_no_change(self) -> None:
        tester = role("Tester")
        before = count()
        with changed(tester, by=SYSTEM):
            tester.view_audit_logs = "0"  # type: ignore[assignment]
            tester.save()
        assert count(before) == 0

    def test_saving_through_another_instance_counts(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            other = Role.objects.get(pk=tester.pk)
            other.name = tester.name = "Checker"
            other.save()
        assert last().body["changes"] == {"Name": ["Tester", "Checker"]}

    def test_the_lock_refreshes_what_was_read_before_it(self) -> None:
        stale, fresh = role("Tester"), Role.objects.get(name="Tester")
        rename(fresh, "Checker")
        with changed(stale, by=SYSTEM):
            assert stale.name == "Checker"

    def test_a_foreign_key_is_told_by_name(self) -> None:
        from users.services import change_default_role

        user, auditor = person("ana.lopes"), role("Auditor")
        change_default_role(user, by=SYSTEM, role=auditor)
        changes = [event.body.get("changes", {}) for event in events()]
        assert {"Default role": ["Developer", "Auditor"]} in changes

    def test_an_entity_that_vanished_is_404(self) -> None:
        tester = role("Tester")
        with unmade(Role.objects.get(pk=tester.pk), by=SYSTEM) as step:
            assert step.entity is not None
            step.entity.delete()
        with pytest.raises(Vanished), changed(tester, by=SYSTEM):
            pass
        rename(role("Next"), "Works again")


class TestCreation:
    def test_is_an_event_with_what_it_starts_with(self) -> None:
        tester = Role(name="Tester")
        with made(tester, by=SYSTEM):
            tester.save()
        assert last().changed_fields == ["*"]
        assert last().body["changes"]["Name"] == [None, "Tester"]

    def test_that_fails_leaves_nothing(self) -> None:
        role("Tester")
        before = count()
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            made(twin := Role(name="Tester"), by=SYSTEM),
        ):
            twin.save()
        assert count(before) == 0

    def test_that_never_saves_is_none(self) -> None:
        before = count()
        with made(Role(name="Tester"), by=SYSTEM):
            pass
        assert count(before) == 0

    def test_refused_names_what_was_never_made_but_links_nothing(self) -> None:
        with pytest.raises(Refused), guarded(Role(name="Tester"), by=person("dora.dev")):
            pass
        event = last()
        assert event.sentence == "Refused 'test guarded' for role 'Tester'"
        assert (event.entity_key, event.body.get("links"), event.outcome) == (None, None, "refused")


class TestDeletion:
    def test_is_told_by_the_last_name(self) -> None:
        tester = role("Tester")
        key = tester.pk
        with unmade(tester, by=SYSTEM):
            tester.levels.all().delete()
            tester.delete()
        event = last()
        assert (event.entity_key, event.sentence) == (key, "Role 'Tester' unmade")
        assert event.body["subjects"] == [["role", str(key), "Tester"]]

    def test_a_fact_deleted_inside_must_be_told_as_text(self) -> None:
        tester, gone = role("Tester"), role("Gone")
        with (
            pytest.raises(ValueError, match="'Gone' was deleted inside the block"),
            transaction.atomic(),
            told(tester, by=SYSTEM, others=gone, number=1),
        ):
            gone.delete()
            tester.name = "Checker"
            tester.save()


class TestNesting:
    def test_all_share_one_request_and_one_transaction(self) -> None:
        tester = role("Tester")
        before = count()
        with changed(tester, by=SYSTEM):
            rename(tester, "Checker")
            tester.description = "Tests"
            tester.save()
        inner, outer = events(newest=2)
        assert count(before) == 2
        assert (inner.request_id, inner.xid) == (outer.request_id, outer.xid)
        assert inner.body["changes"] == {"Name": ["Tester", "Checker"]}
        assert set(outer.body["changes"]) == {"Name", "Description"}

    def test_the_inner_block_keeps_what_the_outer_has_assigned(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            tester.description = "Tests"
            rename(tester, "Checker")
        assert Role.objects.get(pk=tester.pk).description == "Tests"
        assert set(last().body["changes"]) == {"Name", "Description"}

    def test_the_inner_block_does_not_read_again(self) -> None:
        tester = role("Tester")
        with (
            changed(tester, by=SYSTEM),
            CaptureQueriesContext(connection) as queries,
            changed(tester, by=SYSTEM),
        ):
            pass
        assert len(queries) == 0

    def test_an_error_inside_undoes_everything_even_if_caught(self) -> None:
        tester = role("Tester")
        with pytest.raises(transaction.TransactionManagementError), changed(tester, by=SYSTEM):
            tester.name = "Checker"
            tester.save()
            with pytest.raises(ZeroDivisionError), changed(tester, by=SYSTEM):
                raise ZeroDivisionError
        assert Role.objects.get(pk=tester.pk).name == "Tester"

    def test_after_an_error_the_next_step_is_its_own(self) -> None:
        tester = role("Tester")
        with pytest.raises(ZeroDivisionError), changed(tester, by=SYSTEM):
            raise ZeroDivisionError
        rename(tester, "Checker")
        first = last().request_id
        rename(tester, "Tester")
        assert last().request_id != first


class TestRefusal:
    def test_is_recorded_and_nothing_happens(self) -> None:
        tester, dora = role("Tester"), person("dora.dev")
        with pytest.raises(Refused), guarded(tester, by=dora):
            raise AssertionError("never entered")
        event = last()
        assert (event.outcome, event.actor_key, event.entity_key) == ("refused", dora.pk, tester.pk)
        assert event.body["reason"] == "Needs Manage Infrastructure and Users"

    def test_inside_a_step_is_recorded_after_the_roll_back(self) -> None:
        tester, dora = role("Tester"), person("dora.dev")
        with pytest.raises(Refused), changed(tester, by=SYSTEM):
            tester.name = "Checker"
            tester.save()
            with guarded(tester, by=dora):
                pass
        assert last().outcome == "refused"
        assert Role.objects.get(pk=tester.pk).name == "Tester"

    def test_that_is_swallowed_or_disguised_is_recorded_all_the_same(self) -> None:
        tester, dora = role("Tester"), person("dora.dev")
        before = count()
        with changed(tester, by=SYSTEM):
            with pytest.raises(Refused):
                guarded.ask(tester, by=dora)
            rename(tester, "Checker")
        with pytest.raises(KeyError), changed(tester, by=SYSTEM):
            try:
                guarded.refuse(tester, by=dora, needs="more")
            except Refused as refused:
                raise KeyError from refused
        assert [event.outcome for event in events()[before:]] == [
            "succeeded",
            "succeeded",
            "refused",
            "refused",
        ]

    def test_of_a_visitor_is_recorded_as_unknown(self) -> None:
        with pytest.raises(Refused):
            guarded.ask(None, by=AnonymousUser())  # type: ignore[arg-type]
        assert (last().actor_kind, last().actor_label) == ("anonymous", "Unknown")


def test_a_thing_of_another_kind_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="happens to a Team"):
        team_changed(role("Tester"), by=SYSTEM)


def test_our_own_steps_leave_nothing_to_the_witness() -> None:
    rename(role("Tester"), "Checker")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert outside() == []
