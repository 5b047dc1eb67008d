"""What a log shows: the sentence with its links, the marks, the particulars of an open row, or why it is empty."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import models
from django.test import Client

from audit.activity import kind_of
from audit.models import Event
from infrastructure.models import ConsoleSettings, Environment
from roles.models import Level, Role
from tests import factories
from tests.audit.events import Database, event
from users.models import User

pytestmark = pytest.mark.django_db
LOG = "/audit-logs/"
HOSTILE = "<script>alert('x')</script>\"'&amp;{{ 7|add:7 }}"


@pytest.fixture
def reader() -> User:
    return factories.administrator()


@pytest.fixture
def client(reader: User) -> Client:
    return signed_in(reader)


@pytest.fixture
def role() -> Role:
    return factories.role("Tester")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(thing: models.Model, log: str = "change-log") -> str:
    return f"/{log}/{kind_of(thing).name}/{thing.pk}/"


def row(page: Any, of: Event) -> str:
    """The markup of the row of an event."""
    text: str = page.content.decode()
    found = re.search(rf'<tr[^>]* id="e{of.pk}">.*?</tr>', text, re.DOTALL)
    assert found, "The event has no row."
    return found.group()


def sentence_of(markup: str) -> str:
    found = re.search(r'<td class="what">(.*?)</td>', markup, re.DOTALL)
    assert found
    return found.group(1).strip()


def test_names_in_the_sentence_lead_to_what_they_name(client: Client, reader: User, role: Role) -> None:
    made = event("Role 'Tester' renamed", about=[role], links=[(6, 12, 0)], by=reader)
    markup = row(client.get(LOG), made)
    assert (
        sentence_of(markup) == f'Role &#x27;<a href="{kind_of(role).url(role.pk)}">Tester</a>&#x27; renamed'
    )
    assert f'<a href="{kind_of(reader).url(reader.pk)}">Ada Admin</a>' in markup


def test_names_of_what_is_gone_are_only_names(client: Client, role: Role) -> None:
    made = event("Role 'Tester' renamed", about=[role], links=[(6, 12, 0)])
    role.delete()
    assert sentence_of(row(client.get(LOG), made)) == "Role &#x27;Tester&#x27; renamed"


def test_names_of_what_the_reader_may_not_see_are_only_names(role: Role) -> None:
    auditor = factories.person("olga.auditor", factories.role("Auditor", view_audit_logs=True))
    made = event("Role 'Tester' renamed", by=auditor, about=[role], links=[(6, 12, 0)])
    markup = row(signed_in(auditor).get(LOG), made)
    assert sentence_of(markup) == "Role &#x27;Tester&#x27; renamed"
    assert '<td class="who">Olga Auditor</td>' in markup


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


def test_a_row_opens_in_place(client: Client, reader: User, role: Role) -> None:
    made = event(
        "Role 'Tester' updated",
        by=reader,
        about=[role],
        changes={"Name": ["Old", "New"], "Description": [None, "Tests"], "Order": [1, None]},
        reason="CHG-20418",
        ip="10.20.4.17",
        user_agent="Firefox/140",
    )
    together = event("Affected: everybody", request_id=made.request_id)
    for log in (LOG, address(role), address(reader, "activity-log")):
        closed = client.get(log).content.decode()
        assert f'href="?open={made.pk}#e{made.pk}" aria-expanded="false"' in closed
        assert "CHG-20418" not in closed
        text = client.get(f"{log}?open={made.pk}").content.decode()
        assert f'href="?#e{made.pk}" aria-expanded="true"' in text
        assert "<td>Name</td><td><del>Old</del></td><td><ins>New</ins></td>" in text
        assert (
            '<td>Description</td><td><span class="quiet">nothing</span></td><td><ins>Tests</ins></td>' in text
        )
        assert "<dd>CHG-20418</dd>" in text
        assert "<dd>browser, 10.20.4.17</dd>" in text
        assert "<dd>Firefox/140</dd>" in text
        assert f'<a href="/events/{together.pk}/">Affected: everybody</a>' in text
        assert f'<a href="/events/{made.pk}/">permanent link</a>' in text
        assert "&quot;changed_fields&quot;" in text
        assert "&quot;salt&quot;" not in text


def test_an_open_row_leads_to_the_logs_that_its_reader_may_read(client: Client, role: Role) -> None:
    place, gone = factories.environment("Production"), factories.role("Short-lived")
    made = event("Changed", by=factories.service_account(), about=[role, place, gone])
    gone.delete()
    auditor = factories.person("olga.auditor", factories.role("Auditor", view_audit_logs=True))
    controller = factories.person("cora", factories.role("Controller", {place: Level.FULL_CONTROL}))
    of_role, of_place = address(role), address(place)
    for reader in (client, signed_in(auditor)):
        text = reader.get(f"/events/{made.pk}/").content.decode()
        assert f'<a href="{of_role}">change log of Tester</a>' in text
        assert f'<a href="{of_place}">change log of Production</a>' in text
        assert ">activity log of release-bot</a>" in text
        assert "change log of Short-lived" not in text
    text = signed_in(controller).get(f"/events/{made.pk}/").content.decode()
    assert f'<a href="{of_place}">change log of Production</a>' in text
    assert of_role not in text
    assert "activity log" not in text


def test_an_event_that_left_the_page_is_still_reached(client: Client) -> None:
    text = client.get(f"{LOG}?open=4711").content.decode()
    assert 'Event 4711 is not on this page any more: <a href="/events/4711/">' in text


def test_many_events_of_one_request_are_not_all_listed(client: Client) -> None:
    request = uuid4()
    made = [event(f"Step {n}", request_id=request) for n in range(30)]
    text = client.get(f"{LOG}?open={made[0].pk}").content.decode()
    related = text[text.index("In the same request") : text.index("As JSON")]
    assert related.count("<li>") == 20
    assert "and more" in related


def test_the_permanent_link_shows_one_event(client: Client, role: Role) -> None:
    made = event("Role 'Tester' updated", about=[role], changes={"Name": ["Old", "New"]})
    response = client.get(f"/events/{made.pk}/")
    assert response.status_code == 200
    assert "<ins>New</ins>" in response.content.decode()
    assert str(Event.objects.newest_first()[0]) == f"Viewed event {made.pk}"
    assert client.get(f"/events/{made.pk}/?x=1").status_code == 400


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

    from audit import views

    client.get(LOG)
    monkeypatch.setattr(views, "VISIT", timedelta(0))
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
    nothing_matches = client.get(LOG, {"message": "unheard"}).content.decode()
    assert "No event matches these filters" in nothing_matches
    assert "Message “unheard”" in nothing_matches
    assert "Displaying 0 events." in nothing_matches
    untouched = client.get(address(ConsoleSettings.load())).content.decode()
    assert "Nothing has happened yet" in untouched


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
