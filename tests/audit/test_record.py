"""What is written: canonical JSON, within its limits, in one statement."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.activity import Occurrence, Origin, RecordUnavailable, Subject, System
from audit.models import Event
from audit.record import DETAILS_LIMIT, canonical, details
from infrastructure.models import Environment
from roles.models import Role
from tests.audit.things import changed, last, made, moved, told, unmade
from tests.factories import SYSTEM, environment, role

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES = st.recursive(
    TEXT | st.integers(-(2**53), 2**53) | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.django_db
@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_the_database_writes_the_same_json_as_we_do(value: Any) -> None:
    ours = canonical(value)
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_canonical(%s::jsonb)", [ours])
        assert (cursor.fetchone() or [None])[0] == ours
    assert json.loads(ours) == value


@pytest.mark.parametrize(
    "value", [1.5, 2**53 + 1, -(2**53) - 1, "a\0b", {"a\0": 1}, ["\ud800"], {1: "x"}, b"x", object()]
)
def test_what_cannot_be_kept_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"record keeps|surrogates"):
        canonical(value)


def occurrence(**parts: Any) -> Occurrence:
    things: dict[str, Any] = {"entity": None, "subjects": (), **parts}
    return Occurrence(
        activity="x",
        entity_kind="",
        by=System("test"),
        origin=Origin("api"),
        sentence=things.pop("sentence", "It"),
        **things,
    )


@settings(max_examples=60, deadline=None)
@given(
    sentence=st.integers(0, 90_000),
    crowd=st.integers(1, 3_000),
    changes=st.dictionaries(TEXT.map(lambda text: text * 40), st.tuples(TEXT, TEXT), max_size=30),
    letter=st.sampled_from("aé日🧪"),
)
def test_details_are_never_longer_than_the_column_takes(
    sentence: int, crowd: int, changes: dict[str, Any], letter: str
) -> None:
    subjects = tuple(Subject("user", uuid4(), letter * 30) for _ in range(crowd))
    links = tuple((number, number + 1, number % crowd) for number in range(0, sentence, 7))
    text = details(occurrence(sentence=letter * sentence, subjects=subjects, links=links, changes=changes))
    assert len(text.encode()) <= DETAILS_LIMIT
    kept = json.loads(text)
    for _, end, subject in kept.get("links", []):
        assert end <= len(kept["sentence"])
        assert subject < len(kept["subjects"])


def test_what_is_cut_says_so_and_keeps_the_rest() -> None:
    kept = json.loads(details(occurrence(changes={"Notes": ("short", "long " * 20_000), "Name": ("a", "b")})))
    assert kept["cut"] == ["changes"]
    assert kept["changes"]["Name"] == ["a", "b"]
    assert kept["changes"]["Notes"][1].endswith("…")
    assert kept["sentence"] == "It"


@pytest.mark.django_db
def test_every_subject_of_a_cut_event_is_still_found() -> None:
    crowd = Role.objects.bulk_create(
        Role(name=f"Role {number:04} with a name of some length") for number in range(700)
    )
    told.record(role("Tester"), by=SYSTEM, others=list(crowd), number=700)
    event = last()
    assert "subjects" in event.body["cut"]
    assert Event.objects.about("role", crowd[-1].pk).filter(pk=event.pk).exists()


class TestStatementBudget:
    """Lock and read, write, record: nothing else, in two messages. The first carries BEGIN, the second COMMIT.

    Django writes a BEGIN and a COMMIT of its own into its log, which the driver does not send.
    """

    pytestmark = pytest.mark.usefixtures("committed_db")

    def test_a_change_of_one_row(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            tester.name = "Prover"  # the first time on a connection, statements are prepared
        with CaptureQueriesContext(connection) as queries, changed(tester, by=SYSTEM):
            tester.name = "Checker"
        assert verbs(queries) == [["BEGIN"], ["BEGIN", "lock"], ["write", "record", "COMMIT"], ["COMMIT"]]

    def test_a_change_within_another_step(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            with CaptureQueriesContext(connection) as queries, changed(tester, by=SYSTEM):
                tester.name = "Checker"
            assert verbs(queries) == [["write", "record"]]

    def test_a_creation(self) -> None:
        with CaptureQueriesContext(connection) as queries, made(tester := Role(name="Tester"), by=SYSTEM):
            tester.save()
        assert verbs(queries) == [["BEGIN"], ["INSERT"], ["record", "COMMIT"], ["COMMIT"]]

    def test_a_read_of_details(self) -> None:
        tester = role("Tester")
        with CaptureQueriesContext(connection) as queries:
            told.record(tester, by=SYSTEM, others="x", number=1)
        assert verbs(queries) == [["BEGIN"], ["record", "COMMIT"], ["COMMIT"]]

    def test_the_second_commit_is_djangos_word_for_nothing(self) -> None:
        """Django says COMMIT in its log, but the driver knows that no transaction is open and sends none."""
        tester = role("Tester")
        raw: Any = connection.connection
        with changed(tester, by=SYSTEM):
            tester.name = "Checker"
            assert raw.info.transaction_status.name == "INTRANS"
        assert raw.info.transaction_status.name == "IDLE"
        assert connection.in_atomic_block is False
        assert Role.objects.get(pk=tester.pk).name == "Checker"

    def test_each_connection_prepares_for_itself(self) -> None:
        tester = role("Tester")
        for name in ("Checker", "Prover"):
            with changed(tester, by=SYSTEM):
                tester.name = name
            connection.close()
        assert Role.objects.get(pk=tester.pk).name == "Prover"


def verbs(queries: CaptureQueriesContext) -> list[list[str]]:
    """What each message to the server does: the verbs of its statements, by name where they are prepared."""
    verb = re.compile(r"EXECUTE ([a-z]+)_\d+|([A-Z]+)")
    return [
        [found[1] or found[2] for part in query["sql"].split("; ") if (found := verb.match(part))]
        for query in queries.captured_queries
    ]


class TestCommit:
    pytestmark = pytest.mark.usefixtures("committed_db")

    def test_what_fails_after_the_lock_is_rolled_back(self) -> None:
        tester = role("Tester")
        for error in (ZeroDivisionError, KeyboardInterrupt):
            with pytest.raises(error), changed(tester, by=SYSTEM):
                tester.name = "Checker"
                tester.save()
                raise error
            raw: Any = connection.connection
            assert raw.info.transaction_status.name == "IDLE"
            assert connection.get_autocommit() is True
            assert Role.objects.get(pk=tester.pk).name == "Tester"

    def test_a_step_in_which_nothing_changes_ends_its_transaction(self) -> None:
        tester = role("Tester")
        with changed(tester, by=SYSTEM):
            pass
        raw: Any = connection.connection
        assert raw.info.transaction_status.name == "IDLE"

    def test_a_deferred_constraint_that_refuses_is_no_fault_of_the_record(self) -> None:
        one, two = environment("One"), environment("Two")
        count = Event.objects.count()
        with pytest.raises(IntegrityError), moved(two, by=SYSTEM):
            two.position = one.position
            two.save()
        assert Event.objects.count() == count
        assert Environment.objects.get(pk=two.pk).position != one.position
        with moved(two, by=SYSTEM):
            two.position = 50
            two.save()
        assert Environment.objects.get(pk=two.pk).position == 50

    def test_a_function_that_is_missing_refuses_the_change(self) -> None:
        tester = role("Tester")
        with connection.cursor() as cursor:
            cursor.execute("ALTER FUNCTION audit_record RENAME TO gone")
        with pytest.raises(RecordUnavailable), unmade(tester, by=SYSTEM):
            tester.levels.all().delete()
            tester.delete()
        assert Role.objects.filter(name="Tester").exists()
