"""The witness: what no event names, it records itself, field by field."""

from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from applications.models import Application
from audit.activity import Activity
from audit.models import Event
from roles.models import EnvironmentPermission, Role
from teams.models import Membership, Team
from tests.audit.logins import another_login, run_as
from tests.audit.things import changed, last, outside, team_changed, team_unmade
from tests.factories import SYSTEM, developer_role, environment, person, role, service_account
from users.models import Token

pytestmark = pytest.mark.usefixtures("committed_db")


def sql(statement: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


class TestFieldByField:
    def test_an_event_that_names_some_columns_does_not_cover_the_rest(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            tester.description = "Tests"
            tester.save(update_fields=["description"])
            Role.objects.filter(pk=tester.pk).update(view_audit_logs=True)
        assert outside() == ["Role 'Tester' was changed directly in the database (view_audit_logs)"]
        assert last().body["changes"] == {"view_audit_logs": ["false", "true"]}

    def test_one_update_of_several_columns_needs_them_all_named(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            tester.description = "Tests"
            tester.save()
            sql(
                "UPDATE roles_role SET description = 'x', name = 'Y', builtin = 'z' WHERE key = %s", tester.pk
            )
        assert outside() == ["Role 'Y' was changed directly in the database (builtin, description, name)"]

    def test_an_event_about_one_thing_does_not_cover_another(self) -> None:
        tester, other = role("Tester"), role("Other")
        with changed(tester, by=SYSTEM):
            tester.description = "Tests"
            tester.save()
            Role.objects.filter(pk=other.pk).update(description="slipped in")
        assert outside() == ["Role 'Other' was changed directly in the database (description)"]

    def test_an_event_of_an_earlier_transaction_covers_nothing(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            tester.description = "Tests"
            tester.save()
        Role.objects.filter(pk=tester.pk).update(description="later")
        assert len(outside()) == 1

    def test_deleting_one_thing_does_not_cover_whatever_happens_to_its_subjects(self) -> None:
        team = Team.objects.create(name="Payments")
        application = Application.objects.create(name="Ledger", team=team)
        before = len(outside())
        with team_unmade(team, by=SYSTEM, losing=[application]):
            Application.objects.filter(pk=application.pk).update(name="Renamed")
            team.delete()
        assert outside()[before:] == ["Application 'Renamed' was changed directly in the database (name)"]

    def test_a_part_that_no_event_names(self) -> None:
        place, tester = environment("Here"), role("Tester")
        with changed(tester, by=SYSTEM):
            tester.description = "Tests"
            tester.save()
            EnvironmentPermission.objects.filter(role=tester, environment=place).update(level=3)
        assert outside() == ["Role 'Tester' was changed directly in the database (levels.level)"]

    def test_a_part_that_moves_concerns_both(self) -> None:
        one, two = Team.objects.create(name="One"), Team.objects.create(name="Two")
        membership = Membership.objects.create(team=one, user=person("ana"), role=developer_role())
        before = len(outside())
        Membership.objects.filter(pk=membership.pk).update(team=two)
        assert sorted(outside()[before:]) == [
            "Team 'One' was changed directly in the database (members.team)",
            "Team 'Two' was changed directly in the database (members.team)",
        ]

    def test_columns_not_watched_need_no_event(self) -> None:
        ana = person("ana")
        before = len(outside())
        sql("UPDATE users_user SET last_login = now() WHERE key = %s", ana.pk)
        assert len(outside()) == before

    def test_the_same_change_undone_in_one_transaction_is_two(self) -> None:
        team = Team.objects.create(name="One")
        before = len(outside())
        with transaction.atomic():
            Team.objects.filter(pk=team.pk).update(name="Two")
            Team.objects.filter(pk=team.pk).update(name="One")
        assert len(outside()) == before + 2


class TestWhatItSays:
    def test_everything_of_one_transaction_is_one_request(self) -> None:
        tester = role("Tester")
        with transaction.atomic():
            Role.objects.filter(pk=tester.pk).update(name="A")
            Team.objects.create(name="B")
        one, two = Event.objects.order_by("-id")[:2]
        assert (one.request_id, one.xid, one.channel) == (two.request_id, two.xid, "database")

    def test_secrets_never_appear(self) -> None:
        ana, robot = person("ana"), service_account()
        sql("UPDATE users_user SET password = 'hunter2-hash' WHERE key = %s", ana.pk)
        assert last().body["changes"] == {"password": ["(not shown)", "(not shown)"]}
        sql(
            "INSERT INTO users_token (key, user_id, label, scopes, digest, created_at, expires_at)"
            " VALUES (gen_random_uuid(), %s, '', '{administer}', 'topsecret', now(), now())",
            robot.pk,
        )
        assert (last().entity_kind, last().changed_fields) == ("service_account", ["tokens"])
        Token.objects.filter(user=robot).update(digest="evenmoresecret")
        Token.objects.all().delete()
        told = "".join(event.details for event in Event.objects.all())
        assert not [word for word in ("hunter2", "topsecret", "evenmoresecret") if word in told]

    def test_its_json_is_as_canonical_as_ours(self) -> None:
        from audit.record import canonical

        tester = role("Tester")
        Role.objects.filter(pk=tester.pk).update(
            description='\x01\b\t"\\/\x7f 🧪 ﬁ\u2028 é', name="Z 'quoted' \\"
        )
        event = last()
        assert event.details == canonical(event.body)
        start, end, _ = event.body["links"][0]
        assert event.sentence[start:end] == "Z 'quoted' \\"

    def test_what_is_too_long_is_cut_and_says_so(self) -> None:
        tester = role("Tester")
        sql("ALTER TABLE roles_role ALTER description TYPE text")
        sql("UPDATE roles_role SET description = repeat('long ', 20000) WHERE key = %s", tester.pk)
        assert last().body["cut"] == ["changes"]
        assert "changes" not in last().body


class TestAnotherLogin:
    def test_is_recorded_by_name_without_any_right_on_the_record(self) -> None:
        tester = role("Tester")
        with another_login("SELECT, UPDATE ON roles_role") as login:
            run_as(login, "UPDATE roles_role SET name = 'Mine' WHERE key = %s", parameters=[tester.pk])
            event = last()
            assert (event.actor_kind, event.actor_label, event.outcome) == ("database", login, "succeeded")
            assert event.sentence == "Role 'Mine' was changed directly in the database (name)"
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                run_as(login, "SELECT details FROM audit_event")

    def test_cannot_borrow_the_witness_for_a_table_of_its_own(self) -> None:
        with (
            another_login("CREATE ON SCHEMA public") as login,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="audit_witness"),
        ):
            run_as(
                login,
                "CREATE TABLE bait (key uuid)",
                "CREATE TRIGGER bait AFTER INSERT ON bait FOR EACH ROW EXECUTE FUNCTION"
                " audit_witness('user', 'key', '', 'User', 'users_user', 'password', '', '')",
            )

    def test_cannot_empty_a_table_unseen(self) -> None:
        with another_login("TRUNCATE ON teams_membership") as login:
            run_as(login, "TRUNCATE teams_membership")
            assert (last().actor_label, last().activity) == (login, "audit.outside.removed")

    def test_cannot_switch_the_witness_off(self) -> None:
        with another_login("SELECT, UPDATE ON roles_role") as login:
            for statement in (
                "ALTER TABLE roles_role DISABLE TRIGGER ALL",
                "SET session_replication_role = replica",
                "DROP FUNCTION audit_witness CASCADE",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    run_as(login, statement)

    def test_replication_role_does_not_silence_it_for_a_superuser(self) -> None:
        tester = role("Tester")
        with transaction.atomic():
            sql("SET LOCAL session_replication_role = replica")
            Role.objects.filter(pk=tester.pk).update(name="Quiet")
        assert outside() == ["Role 'Quiet' was changed directly in the database (name)"]


def test_a_hundred_changes_of_one_thing_in_one_step_are_cheap_enough() -> None:
    team = Team.objects.create(name="One")
    crowd = [person(f"person.{number}") for number in range(100)]
    activity: Activity = team_changed
    before = len(outside())
    with activity(team, by=SYSTEM):
        team.description = "crowded"
        team.save()
        rows: Any = [Membership(team=team, user=user, role=developer_role()) for user in crowd]
        Membership.objects.bulk_create(rows)
    assert len(outside()) - before == 100
