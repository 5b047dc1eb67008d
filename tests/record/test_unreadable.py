"""Whoever can write to the table can write what nobody can read: it spoils nothing but itself, wherever it stands."""

import json

import pytest
from django.db import connection
from django.test import Client

from audit.api.exports import CSV, EXCEL, NDJSON
from audit.models import Event
from roles.models import Role
from tests import factories
from tests.audit.readers import signed_in
from tests.record.caller import reader
from tests.record.test_export import file, numbers
from tests.record.test_feed import settle

DEEP = "[" * 1_500 + "]" * 1_500
UNREADABLE = [
    '["actor", "sentence"]',
    '{"actor": null, "sentence": "x", "changes": null, "subjects": null, "links": null, "ip": null, "cut": null}',
    f'{{"actor": "a", "sentence": "x", "links": {DEEP}}}',
    f'{{"actor": "a", "sentence": "x", "changes": {{"Name": [{DEEP}, 1]}}}}',
    f'{{"actor": "a", "sentence": "x", "more": {DEEP}}}',
    '{"actor": "a", "sentence": "x", "changes": [1]}',
    '{"actor": "a", "sentence": "x", "changes": {"Name": [1, 2, 3]}}',
    f'{{"actor": "a", "sentence": "x", "changes": {{"Name": [1, {"9" * 5_000}]}}}}',
    '{"actor": "a", "sentence": "x", "subjects": [["role", "no key", "x"]], "links": [[0, 1, 0]]}',
    '{"actor": "a", "sentence": "x", "subjects": [["role"]], "links": [["0", 1.5, 0]]}',
    '{"actor": "a", "sentence": "x", "ip": {}, "user_agent": [1], "reason": 5, "cut": "x"}',
]


@pytest.fixture
def written(committed_db: None) -> list[int]:
    """As the console's own login could write: their numbers, all about one role, which is not theirs to change."""
    role, found = factories.role("Tester"), []
    for details in [json.dumps({"actor": "a", "sentence": "Honest"}), *UNREADABLE]:
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT audit_record('roles.role.updated', 'database', NULL, 'role', %s, true, 'succeeded',
                   'database', gen_random_uuid(), NULL, '{name}', '{role}', ARRAY[%s]::uuid[], %s)""",
                [role.pk, role.pk, details],
            )
            found += [cursor.fetchone()[0]]
    return found


def test_the_api_tells_it_as_what_it_is_and_everything_around_it(written: list[int]) -> None:
    siem = reader()
    settle()
    assert siem.events("/events", activity="roles.role.updated") == written[::-1]
    assert siem.events("/events", cursor="beginning", activity="roles.role.updated") == written
    for number in written[1:]:
        assert siem.get(f"/events/{number}").json()["id"] == number
    told = siem.get(f"/events/{written[1]}").json()
    assert told["sentence"] == "(The console did not write this event, and cannot read it.)"
    for media_type in (CSV, NDJSON, EXCEL):
        assert numbers(media_type, file(siem, media_type, activity="roles.role.updated")) == written[::-1]


def test_the_pages_show_it_as_what_it_is_and_everything_around_it(written: list[int]) -> None:
    browser: Client = signed_in(factories.administrator())
    role = Role.objects.get(name="Tester")
    for address in ("/audit-logs/?activity=roles.role.updated&since=", f"/change-log/role/{role.pk}/"):
        page = browser.get(address)
        assert page.status_code == 200
        assert page.content.count(b"cannot read it") == len(UNREADABLE)
        assert b"Honest" in page.content
    for number in written:
        assert browser.get(f"/events/{number}/").status_code == 200
    assert Event.objects.get(pk=written[0]).sentence == "Honest"
