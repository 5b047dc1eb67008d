"""After a restore from a dump: the new server's transaction numbers are low, and the feed's readers are far above."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit.api.cursors import Cursor
from audit.api.feed import Position
from audit.management.commands import restored
from audit.models import Event
from tests.audit.events import event
from tests.record.caller import reader
from tests.record.test_feed import settle

COPIED = """
    INSERT INTO audit_event (xid, activity, actor_kind, entity_kind, is_update, outcome, channel, request_id,
                             changed_fields, details)
    VALUES ((pg_current_xact_id()::text::bigint + 3000)::text::xid8, 'audit.test', 'system', '', false, 'succeeded',
            'browser', gen_random_uuid(), '{}', %s) RETURNING id
"""


def copied(sentence: str) -> int:
    """Put into the record what a dump of an older server has brought."""
    with connection.cursor() as cursor:
        cursor.execute(COPIED, [json.dumps({"actor": "System", "sentence": sentence})])
        (number,) = cursor.fetchone() or (0,)
    return int(number)


def test_the_feed_goes_on_above_the_old_numbers(
    committed_db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(restored, "MARGIN", 100)
    siem = reader()
    siem.get("/events", {"cursor": "now"})
    old = copied("Written on the old server")
    settled = {"cursor": "beginning", "message": "old server"}
    assert siem.get("/events", settled).json()["events"] == [], "it lies in the new server's future"
    event("Written too early")
    call_command("restored")
    said = capsys.readouterr()
    assert "The console may be started." in said.out
    assert "before this: 1, from number " in said.err
    settle()
    answer = siem.get("/events", settled).json()
    assert [one["id"] for one in answer["events"]] == [old]
    later = event("Written on the new one; the old server is gone").pk
    settle()
    assert [one["id"] for one in siem.get(answer["next"]).json()["events"]] == [later]
    told = Event.objects.get(activity="audit.restored")
    assert int(told.xid) > int(Event.objects.get(pk=old).xid) + 100
    assert told.sentence.startswith("Restored the record from a copy; transaction numbers were raised from ")
    with pytest.raises(CommandError, match="must be higher"):
        call_command("restored", above=5)


def test_a_cursor_that_the_server_has_yet_to_come_to_is_no_empty_page(committed_db: None) -> None:
    siem = reader()
    assert siem.account is not None
    ahead = Cursor(Position(10**15, 1), "", str(siem.account.pk))
    answer = siem.get("/events", {"cursor": str(ahead)})
    assert (answer.status_code, answer.json()["code"]) == (503, "record-unavailable")
    assert "manage.py restored" in answer.json()["detail"]
