"""A login that may only add to the record, as the console's own will be: it can only add."""

import psycopg
import pytest

from tests.audit.logins import another_login, run_as
from tests.audit.things import last
from tests.factories import role


def test_a_login_that_may_only_add_can_only_add(committed_db: None) -> None:
    role("Tester")
    columns = (
        "activity, actor_kind, actor_key, entity_kind, entity_key, is_update, outcome, channel, request_id, token_key,"
        " changed_fields, details"
    )
    grants = (
        f"SELECT, INSERT ({columns}) ON audit_event",
        "SELECT, INSERT ON audit_subject",
    )
    write = (
        "SELECT audit_record('x', 'system', null, 'role', null, true, 'succeeded', 'command', gen_random_uuid(), null,"
        " '{}', '{}', '{}', '{\"actor\": \"x\", \"sentence\": \"x\"}')"
    )
    with another_login(*grants) as login:
        run_as(login, write)
        assert last().activity == "x"
        for forbidden in (
            "UPDATE audit_event SET details = ''",
            "DELETE FROM audit_subject",
            "TRUNCATE audit_event",
            "ALTER TABLE audit_event DISABLE TRIGGER ALL",
            "DROP TABLE audit_event",
            "SET session_replication_role = replica",
            "INSERT INTO audit_event (at) VALUES (now())",
            "INSERT INTO audit_event (id) OVERRIDING SYSTEM VALUE VALUES (1)",
            "CREATE OR REPLACE FUNCTION audit_refuse_alteration() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                run_as(login, forbidden)
