"""The filters of the infrastructure-wide log: each by itself, and what is refused rather than ignored."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from audit.activity import Anonymous, System
from audit.filters import EventFilter
from audit.models import Event
from tests import factories
from tests.audit.events import Database, event
from users.models import User

pytestmark = pytest.mark.django_db
LOG = "/audit-logs/"


def found(query: str) -> set[str]:
    """The sentences that the filter finds among those of the test."""
    events = Event.objects.filter(activity="audit.test")
    filtered = EventFilter(QueryDict(query), events)
    assert filtered.form.is_valid(), filtered.form.errors
    return {str(event) for event in filtered.qs}


@pytest.mark.parametrize(
    "query",
    [
        "fleet",
        "andrea fleet",
        "FLEET andr",
        "andrea.fleet",
        "(andrea.fleet)",
        "role chang develop",
        "tag & deploy",
        "1.4.0",
        "1.4",
        "#119",
        "développeur",
        "Dévelop",
        "customer_portal",
        "portal",
    ],
)
def test_message_finds_words_by_their_beginnings(query: str) -> None:
    event(
        "User 'Andrea' (andrea.fleet) updated. Role changed from 'Développeur' to 'Developer'; Tag & Deploy 1.4.0 #119"
    )
    event("The application customer_portal")
    event("User 'Andrew' (andrew.fleming) updated")
    data = QueryDict(mutable=True)
    data["message"] = query
    assert len(found(data.urlencode())) == 1


@pytest.mark.parametrize("query", ["leet", "andrea reload", "fleets", "119 120"])
def test_message_needs_every_word_from_its_beginning(query: str) -> None:
    event("User 'Andrea' (andrea.fleet) updated in plan #119")
    assert found(f"message={query}") == set()


@pytest.mark.parametrize(
    "query", ["a' | 'b", "fleet:*", "a & !b", "\\", "'; DROP TABLE", "\u2018fleet\u2019", "💥", "<->"]
)
def test_message_is_text_and_never_a_query(client: Client, query: str) -> None:
    event("a fleet & others")
    assert client.get(LOG, {"message": query}).status_code in {200, 400}


def test_days_are_the_readers_and_include_both_ends() -> None:
    # midnight in Lisbon in summer is 23:00 UTC of the day before
    event("before", at=datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC))
    event("first", at=datetime(2026, 6, 30, 23, 0, tzinfo=UTC))
    event("last", at=datetime(2026, 7, 2, 22, 59, 59, 999_999, tzinfo=UTC))
    event("after", at=datetime(2026, 7, 2, 23, 0, tzinfo=UTC))
    with timezone.override(ZoneInfo("Europe/Lisbon")):
        assert found("since=2026-07-01&until=2026-07-02") == {"first", "last"}
    with timezone.override(ZoneInfo("UTC")):
        assert found("since=2026-07-01&until=2026-07-02") == {"last", "after"}


def test_a_day_on_which_the_clock_is_put_forward_at_midnight() -> None:
    event("that day", at=datetime(2026, 3, 29, 12, tzinfo=UTC))
    with timezone.override(ZoneInfo("Asia/Beirut")):
        assert found("since=2026-03-29&until=2026-03-29") == {"that day"}


def test_without_a_word_on_time_it_is_the_last_seven_days(client: Client) -> None:
    now = timezone.now()
    event("recent", at=now - timedelta(days=5))
    event("old", at=now - timedelta(days=8))
    assert found("") == {"recent"}
    assert found("since=") == {"recent", "old"}
    assert found(f"until={(now - timedelta(days=7)).date()}") == {"old"}
    page = client.get(LOG).content.decode()
    assert "Last 7 days" in page
    assert 'href="?since="' in page


def test_users_of_every_sort(reader: User) -> None:
    gone = factories.person("gone.away")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    robot = factories.service_account()
    for who in (reader, gone, robot, System("test"), Database(), Anonymous()):
        event(f"by {who.actor_label}", by=who)
    assert found(f"user={reader.pk}") == {f"by {reader}"}
    assert found(f"user={gone.pk}") == {"by Gone Away"}
    assert found(f"user={robot.pk}") == {"by release-bot"}
    assert found("user=system") == {"by System"}
    assert found("user=database") == {"by postgres"}
    assert found("user=unknown") == {"by Unknown"}
    assert len(found("user=")) == 6


def test_the_choice_of_users_names_everybody_once(client: Client) -> None:
    gone = factories.person("gone.away")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    robot = factories.service_account()
    page = client.get(LOG).content.decode()
    choice = page[page.index('<select name="user"') :]
    choice = choice[: choice.index("</select>")]
    groups = ["People", "No longer active", "Service accounts", "Nobody&#x27;s account"]
    assert [label for label in groups if f'<optgroup label="{label}">' in choice] == groups
    for key in (gone.pk, robot.pk, "system", "database", "unknown"):
        assert choice.count(f'value="{key}"') == 1
    assert choice.index("No longer active") < choice.index("gone.away") < choice.index("Service accounts")


def test_kind_updates_and_failures() -> None:
    role, place = factories.role("Tester"), factories.environment()
    event("role", about=[role, place])
    event("environment", about=[place, role])
    event("read", about=[role], is_update=False)
    event("failed", outcome="failed", is_update=False)
    event("refused", outcome="refused", about=[role])
    assert found("kind=role") == {"role", "read", "refused"}
    assert found("kind=environment") == {"environment"}
    assert found("updates=1") == {"role", "environment", "refused"}
    assert found("failed=1") == {"failed", "refused"}
    assert found("kind=role&updates=1&failed=1") == {"refused"}
    assert found("updates=&failed=&kind=&message=&user=") == {
        "role",
        "environment",
        "read",
        "failed",
        "refused",
    }


def test_what_a_row_says_can_be_kept_or_left_out(reader: User) -> None:
    role, place, robot = factories.role("Tester"), factories.environment(), factories.service_account()
    event("hers", by=reader, about=[role])
    event("the robot's", by=robot, about=[role], channel="lifetime-api", outcome="failed")
    refused = event("the system's", about=[place], channel="command", outcome="refused")
    event("done behind our back", by=Database(), channel="database")
    everything = {"hers", "the robot's", "the system's", "done behind our back"}
    kept = {
        f"user={robot.pk}": {"the robot's"},
        "kind=role": {"hers", "the robot's"},
        "outcome=failed": {"the robot's"},
        "channel=command": {"the system's"},
        "activity=audit.outside.changed": set(),
        f"request={refused.request_id}": {"the system's"},
    }
    left_out = {
        f"not_user={robot.pk},system": {"hers", "done behind our back"},
        "not_user=database": everything - {"done behind our back"},
        "not_kind=role,environment": {"done behind our back"},
        "not_outcome=failed,refused": {"hers", "done behind our back"},
        "not_channel=browser": everything - {"hers"},
        "not_activity=roles.role.created": everything,
        f"not_user={robot.pk}&not_outcome=refused": {"hers", "done behind our back"},
        "kind=role&not_kind=role": set(),
    }
    assert {query: found(query) for query in (kept | left_out)} == kept | left_out


def test_a_request_is_found_whenever_it_was() -> None:
    old = event("old", at=datetime(2020, 1, 1, tzinfo=UTC))
    assert found(f"request={old.request_id}") == {"old"}
    assert found(f"request={old.request_id}&since=2021-01-01") == set()


def test_what_is_left_out_is_a_chip_each_and_stays_while_one_searches_on(client: Client) -> None:
    query = (
        "not_kind=role,environment&not_outcome=failed&channel=api&not_user=system&activity=roles.role.created"
    )
    filtered = EventFilter(QueryDict(query), Event.objects.all())
    assert filtered.form.is_valid()
    chips = {chip.text: QueryDict(chip.without) for chip in filtered.chips}
    assert list(chips) == [
        "Last 7 days",
        "Activity role created",
        "Channel API",
        "Not user System",
        "Not changes to Roles",
        "Not changes to Environments",
        "Not outcome failed",
    ]
    assert chips["Not changes to Roles"]["not_kind"] == "environment"
    assert "not_outcome" not in chips["Not outcome failed"]
    page = client.get(f"{LOG}?{query}").content.decode()
    assert '<input type="hidden" name="not_kind" value="role,environment" id="id_not_kind">' in page
    assert 'name="not_activity"' not in page


def test_each_filter_in_force_is_a_chip_that_takes_it_away(client: Client, reader: User) -> None:
    filtered = EventFilter(
        QueryDict(
            f"message=x&since=2026-01-01&until=2026-01-02&user={reader.pk}&kind=role&updates=1&failed="
        ),
        Event.objects.all(),
    )
    assert filtered.form.is_valid()
    assert [chip.text for chip in filtered.chips] == [
        "Message “x”",
        "From 1 Jan 2026",
        "To 2 Jan 2026",
        "User Ada Admin (ada.admin)",
        "Changes to Roles",
        "Only updates",
    ]
    for chip in filtered.chips:
        assert client.get(f"{LOG}?{chip.without}").status_code == 200
    without_from = QueryDict(filtered.chips[1].without)
    assert without_from["since"] == ""
    assert without_from["until"] == "2026-01-02"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("actor=ana", "“actor” is not a parameter of this page."),
        ("Message=x", "“Message” is not a parameter of this page."),
        ("<script>=x", "“<script>” is not a parameter of this page."),
        ("kind=role&kind=user", "“kind” is given more than once; give it once."),
        ("since=yesterday", "From</a>: Write the day as in 2026-11-22."),
        ("until=2026-02-30", "To</a>: Write the day as in 2026-11-22."),
        ("since=0001-01-01", "From</a>: Write a day from 1970-01-01 on."),
        ("until=9999-12-31", "To</a>: Write a day up to 2999-12-31."),
        ("since=2026-02-02&until=2026-02-01", "To</a>: This day is before the one in From"),
        ("user=nobody", "User</a>: Nobody has the key nobody."),
        ("user=00000000-0000-4000-8000-00000000ffff", "User</a>: Nobody has the key"),
        ("kind=audit", "Changes to</a>: There is no kind of thing named audit."),
        ("updates=yes", "Only updates</a>: Write 1 to switch this on, or leave it out."),
        ("failed=0", "Only failed actions</a>: Write 1 to switch this on, or leave it out."),
        ("message=...", "Message</a>: Write at least one word or number"),
        ("message=" + "x" * 201, "Message</a>: Ensure this value has at most 200 characters"),
        ("message=a%00b", "Message</a>: Null characters are not allowed."),
        ("older=", "“older” is no place in this log"),
        ("older=abc~def", "“older” is no place in this log"),
        ("newer=%F0%9F%92%A5", "“newer” is no place in this log"),
        ("open=x", "“open” is not the number of an event."),
        ("not_kind=role,planet", "There is no kind of thing named “planet”."),
        ("not_kind=role,", "There is no kind of thing named “”."),
        ("not_user=1", "There is no user with the key “1”."),
        ("outcome=well", "There is no outcome “well”."),
        ("channel=telephone", "There is no channel “telephone”."),
        ("activity=roles", "There is no activity “roles”."),
        ("request=7", "Write the id of a request as events and error pages show it."),
        ("open=", "“open” is not the number of an event."),
        ("open=%D9%A3", "“open” is not the number of an event."),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(client: Client, query: str, said: str) -> None:
    event("There is an event")
    response = client.get(f"{LOG}?{query}")
    page = response.content.decode()
    assert response.status_code == 400
    assert (said if "</a>" in said else escape(said)) in page
    assert "There is an event" not in page
    assert "No events are shown" in page


@pytest.mark.parametrize("query", ["actor=ana", "since=yesterday", "older=x", "open=1"])
def test_the_export_refuses_the_same(client: Client, query: str) -> None:
    before = Event.objects.count()
    assert client.get(f"/audit-logs/excel/?{query}").status_code == 400
    assert Event.objects.count() == before


def test_a_refused_filter_is_not_on_record_as_read(client: Client) -> None:
    before = Event.objects.count()
    client.get(f"{LOG}?since=yesterday")
    assert Event.objects.count() == before


def test_what_was_typed_stays_in_the_form(client: Client) -> None:
    page = client.get(
        LOG, {"message": 'say "hi" <b>', "updates": "1", "since": "2026-01-01"}
    ).content.decode()
    assert 'value="say &quot;hi&quot; &lt;b&gt;"' in page
    assert 'value="2026-01-01"' in page
    updates: Any = page[page.index('name="updates"') :]
    assert "checked" in updates[: updates.index(">")]
    failed: Any = page[page.index('name="failed"') :]
    assert "checked" not in failed[: failed.index(">")]
