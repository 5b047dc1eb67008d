"""What a log shows: the sentence with its links, the marks, the particulars of an open row, or why it is empty."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from audit.activity import kind_of
from audit.models import Event
from infrastructure.models import ConsoleSettings, Environment
from roles.models import Level, Role
from tests import factories
from tests.audit.events import Database, event
from tests.audit.readers import address, row, sentence_of, signed_in
from users.models import User

pytestmark = pytest.mark.django_db
LOG = "/audit-logs/"
HOSTILE = "<script>alert('x')</script>\"'&amp;{{ 7|add:7 }}"


def test_names_in_the_sentence_lead_to_what_they_name(client: Client, reader: User, role: Role) -> None:
    made = event("Role 'Tester' renamed", about=[role], links=[(6, 12, 0)], by=reader)
    markup = row(client.get(LOG), made)
    assert (
        sentence_of(markup) == f'Role &#x27;<a href="{kind_of(role).url(role.pk)}">Tester</a>&#x27; renamed'
    )
    assert f'<a href="{kind_of(reader).url(reader.pk)}">Ada Admin</a>' in markup


def test_names_of_what_is_gone_lead_to_its_log_if_one_reads_everything_and_else_are_only_names(
    client: Client, role: Role
) -> None:
    place = factories.environment("Production")
    controller = factories.person("cora", factories.role("Controller", {place: Level.FULL_CONTROL}))
    made, of_role = event("Role 'Tester' renamed", about=[role, place], links=[(6, 12, 0)]), address(role)
    role.delete()
    linked = f'Role &#x27;<a href="{of_role}">Tester</a>&#x27; renamed'
    assert sentence_of(row(client.get(LOG), made)) == linked
    seen = signed_in(controller).get(address(place))
    assert sentence_of(row(seen, made)) == "Role &#x27;Tester&#x27; renamed"


def test_names_of_what_one_may_not_open_lead_to_its_log_if_one_may_read_that(role: Role) -> None:
    place, robot = factories.environment("Production"), factories.service_account()
    auditor = factories.person("olga.auditor", factories.role("Auditor", view_audit_logs=True))
    controller = factories.person("cora", factories.role("Controller", {place: Level.FULL_CONTROL}))
    made = event("Role 'Tester' renamed", by=robot, about=[role, place], links=[(6, 12, 0)])

    markup = row(signed_in(auditor).get(LOG), made)
    assert sentence_of(markup) == f'Role &#x27;<a href="{address(role)}">Tester</a>&#x27; renamed'
    assert f'<a href="{address(robot, "activity-log")}">release-bot</a>' in markup

    markup = row(signed_in(controller).get(address(place)), made)
    assert sentence_of(markup) == "Role &#x27;Tester&#x27; renamed"
    assert '<td class="who">release-bot <' in markup


def test_a_name_later_changed_stands_as_it_was(client: Client, role: Role) -> None:
    made = event("Role 'Tester' renamed", about=[role], links=[(6, 12, 0)])
    Role.objects.filter(pk=role.pk).update(name="Inspector")
    assert ">Tester</a>" in row(client.get(LOG), made)


def test_hostile_text_is_text_everywhere(client: Client, role: Role) -> None:
    User.objects.filter(username="ada.admin").update(name=HOSTILE)
    author = User.objects.get(username="ada.admin")
    Role.objects.filter(pk=role.pk).update(name=HOSTILE[:50])
    made = event(
        f"Role '{HOSTILE}' renamed",
        by=author,
        about=[Role.objects.get(pk=role.pk)],
        links=[(6, 6 + len(HOSTILE), 0)],
        changes={HOSTILE: [HOSTILE, HOSTILE]},
        reason=HOSTILE,
        ip=HOSTILE,
        user_agent=HOSTILE,
    )
    for page in (
        f"{LOG}?open={made.pk}",
        f"{address(role)}?open={made.pk}",
        f"{address(author, 'activity-log')}?open={made.pk}",
        f"/events/{made.pk}/",
    ):
        text = client.get(page).content.decode()
        assert "&lt;script&gt;alert(" in text
        assert "<script>alert" not in text
        assert ">14<" not in text


@pytest.mark.parametrize(
    "links",
    [[(6, 99, 0)], [(-3, 12, 0)], [(6, 12, 5)], [(12, 6, 0)], [(6, 12, 0), (8, 14, 0)], [(6, 12, -1)]],
)
def test_links_that_fit_no_text_never_break_the_page(
    client: Client, role: Role, links: list[tuple[int, int, int]]
) -> None:
    made = event("Role 'Tester' renamed", about=[role], links=links)
    plain = re.sub(r"<[^>]*>", "", sentence_of(row(client.get(LOG), made)))
    assert plain == "Role &#x27;Tester&#x27; renamed"


def test_subjects_of_a_kind_that_is_no_more_are_only_names(client: Client) -> None:
    made = event("Zone 'Inner' renamed", links=[(6, 11, 0)])
    body = [["zone", str(uuid4()), "Inner"]]
    made = event("Zone 'Inner' renamed", links=[(6, 11, 0)], subjects=body)
    assert sentence_of(row(client.get(LOG), made)) == "Zone &#x27;Inner&#x27; renamed"


def test_reads_stand_back_unless_they_failed(client: Client) -> None:
    read = event("Accessed", is_update=False)
    refused = event("Refused", is_update=False, outcome="refused")
    change = event("Renamed")
    page = client.get(LOG)
    assert 'class="read"' in row(page, read)
    assert 'class="read"' not in row(page, refused)
    assert 'class="read"' not in row(page, change)


def test_marks(client: Client) -> None:
    robot = factories.service_account()
    cases: dict[str, Event] = {
        '<span class="badge bad">failed</span>': event(outcome="failed"),
        '<span class="badge bad">refused</span>': event(outcome="refused"),
        '<span class="badge">API</span>': event(channel="lifetime-api"),
        '<span class="badge">service account</span>': event(by=robot),
        '<span class="badge warn">outside the console</span>': event(by=Database(), channel="database"),
        '<span class="badge warn">database</span>': event(by=Database(), channel="database"),
        '<span class="badge warn">cut</span>': event(cut=["changes"]),
    }
    plain = event("Nothing special")
    page = client.get(LOG)
    for badge, made in cases.items():
        assert badge in row(page, made)
    assert '<span class="badge' not in row(page, plain)


def test_reading_is_on_record_once_a_visit(client: Client, reader: User, role: Role) -> None:
    def on_record(activity: str) -> list[Event]:
        return list(Event.objects.filter(activity=activity, actor_key=reader.pk))

    for log, activity in (
        (LOG, "audit.logs_viewed"),
        (address(role), "audit.change_log_viewed"),
        (address(reader, "activity-log"), "audit.activity_log_viewed"),
    ):
        first = client.get(log).content.decode()
        (viewed,) = on_record(activity)
        assert not viewed.is_update
        assert f'id="e{viewed.pk}"' not in first, "the reading must not stand in what is read"
        client.get(log)
        client.get(f"{log}?open={viewed.pk}")
        assert len(on_record(activity)) == 1
    (viewed,) = on_record("audit.change_log_viewed")
    assert (viewed.entity_kind, viewed.entity_key) == ("role", role.pk)
    assert str(viewed) == "Viewed the change log of role 'Tester'"
    client.get(address(factories.role("Another")))
    assert len(on_record("audit.change_log_viewed")) == 2


def test_a_visit_ends(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from audit import log_view

    client.get(LOG)
    monkeypatch.setattr(log_view, "VISIT", timedelta(0))
    client.get(LOG)
    assert Event.objects.filter(activity="audit.logs_viewed").count() == 2


def test_somebody_elses_visit_is_not_mine(client: Client, reader: User) -> None:
    client.get(LOG)
    signed_in(factories.administrator("eve.admin")).get(LOG)
    assert Event.objects.filter(activity="audit.logs_viewed").count() == 2


def test_the_activity_log_holds_what_one_did_and_not_what_was_done_to_them(client: Client) -> None:
    ana, ben = factories.person("ana.lopes"), factories.person("ben.ko")
    did, suffered = event("did", by=ana, about=[ben]), event("suffered", by=ben, about=[ana])
    text = client.get(address(ana, "activity-log")).content.decode()
    assert "Displaying 1 event." in text
    assert f'id="e{did.pk}"' in text
    assert f'id="e{suffered.pk}"' not in text
    change_log = client.get(address(ana)).content.decode()
    assert f'id="e{suffered.pk}"' in change_log
    assert f'id="e{did.pk}"' not in change_log


def test_the_change_log_holds_what_it_has_a_part_in(client: Client, role: Role) -> None:
    made = event("Granted", about=[factories.environment(), role])
    assert f'id="e{made.pk}"' in client.get(address(role)).content.decode()


def test_an_empty_log_says_why(client: Client) -> None:
    nothing_matches = client.get(LOG, {"message": "unheard", "since": "2026-01-01"}).content.decode()
    assert "No event matches these filters" in nothing_matches
    assert "Displaying 0 events." in nothing_matches
    for left, words in (
        ("since=2026-01-01", "Message “unheard”"),
        ("message=unheard&amp;since=", "From 1 Jan 2026"),
    ):
        assert f'<a class="button" href="?{left}">{words}<svg' in nothing_matches
    assert '<a class="button" href="?since=">Everything on record</a>' in nothing_matches
    untouched = client.get(address(ConsoleSettings.load())).content.decode()
    assert "Nothing has happened yet" in untouched


def test_the_log_of_a_thing_can_be_had_without_reads(client: Client, reader: User, role: Role) -> None:
    read = event("Accessed", by=reader, about=[role], is_update=False)
    change = event("Changed", by=reader, about=[role])
    for log in (address(role), address(reader, "activity-log")):
        whole, updates = client.get(log), client.get(log, {"updates": "1"})
        assert '<a href="?updates=1">' in whole.content.decode()
        assert row(whole, read)
        assert row(updates, change)
        assert f'id="e{read.pk}"' not in updates.content.decode()
        assert f'href="?updates=1&amp;open={change.pk}#e{change.pk}"' in updates.content.decode()
        assert client.get(log, {"updates": "yes"}).status_code == 400
    nothing = client.get(address(ConsoleSettings.load()), {"updates": "1"}).content.decode()
    assert "No event matches these filters" in nothing


def test_a_log_one_may_not_read_is_its_frame_and_says_what_is_missing() -> None:
    place = factories.environment("Production")
    guest = signed_in(factories.person("gus.guest", factories.role("Guest", {place: Level.ACCESS})))
    for log, name in ((LOG, "Audit logs"), (address(place), "Change log of environment Production")):
        answer = guest.get(log)
        text = answer.content.decode()
        assert answer.status_code == 403
        assert f"<h1>{name}</h1>" in text
        assert "There is nothing here that you may see" in text
        assert "This needs" in text
        assert "Displaying" not in text


def test_a_log_that_cannot_be_read_now_is_no_empty_log(
    client: Client, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from audit.paging import Log
    from auditconsole import middleware

    def cancelled(log: Log) -> Any:
        raise OperationalError("canceling statement due to statement timeout")

    def unavailable(log: str) -> None:
        answer = client.get(log)
        text = answer.content.decode()
        assert answer.status_code == 503
        assert "The record is temporarily not available" in text
        assert f'href="{log}">Try again</a>' in text

    monkeypatch.setattr(Log, "newest", cancelled)
    for log in (f"{LOG}?message=x", address(role)):
        unavailable(log)
    monkeypatch.setattr(middleware, "record_is_writable", lambda: False)
    for log in (f"{LOG}?message=x", address(role), "/events/1/"):
        unavailable(log)
    assert "temporarily not available" not in client.get("/roles/").content.decode()


def test_a_log_is_kept_for_ever_and_says_so(client: Client, role: Role) -> None:
    for page in (LOG, address(role)):
        assert "Kept for ever" in client.get(page).content.decode()


def test_only_a_reader_of_the_log_is_led_to_it() -> None:
    from audit import activities

    place = factories.environment("Production")
    levels: dict[Environment, Any] = {place: Level.FULL_CONTROL}
    controller = factories.person("cora.control", factories.role("Controller", levels))
    guest = factories.person("gus.guest", factories.role("Guest", {place: Level.ACCESS}))
    assert activities.change_log_viewed.allowed(controller, place)
    assert not activities.change_log_viewed.allowed(guest, place)


def test_times_are_the_readers(reader: User) -> None:
    from datetime import UTC, datetime

    User.objects.filter(pk=reader.pk).update(time_zone="Asia/Tokyo")
    made = event("Renamed", at=datetime(2026, 1, 31, 20, 30, 5, 123_456, tzinfo=UTC))
    markup = row(signed_in(reader).get(LOG, {"since": "2026-02-01", "until": "2026-02-01"}), made)
    assert "05:30:05</time>" in markup
    assert 'title="2026-01-31 20:30:05.123456 UTC"' in markup
