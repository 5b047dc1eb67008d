"""What an open row shows, and where one can go from there: logs, other events, the same field before and after."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from audit import neighbours
from audit.models import Event
from infrastructure.models import Environment
from roles.activities import level_changed
from roles.models import Level, Role
from tests import factories
from tests.audit.events import Database, event
from tests.audit.readers import address, signed_in
from users.models import User

pytestmark = pytest.mark.django_db
LOG = "/audit-logs/"
HIDDEN = '<span class="visually-hidden">change log of </span>'


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
        assert (
            f'href="?open={made.pk}#e{made.pk}" data-hx-get="?open={made.pk}" aria-expanded="false"' in closed
        )
        assert "CHG-20418" not in closed
        text = client.get(f"{log}?open={made.pk}").content.decode()
        assert f'href="?#e{made.pk}" data-hx-get="?" aria-expanded="true"' in text
        assert "<td>Name</td><td><del>Old</del></td><td><ins>New</ins></td>" in text
        assert (
            '<td>Description</td><td><span class="quiet">nothing</span></td><td><ins>Tests</ins></td>' in text
        )
        assert "<dd>CHG-20418</dd>" in text
        assert "<dd>browser, 10.20.4.17 <" in text
        assert "<dd>Firefox/140</dd>" in text
        assert f'<a href="/events/{together.pk}/">Affected: everybody</a>' in text
        assert f'<a href="/events/{made.pk}/">permanent link</a>' in text
        assert "&quot;changed_fields&quot;" in text
        assert "&quot;salt&quot;" not in text


def test_an_open_row_leads_to_the_logs_that_its_reader_may_read(client: Client, role: Role) -> None:
    place, gone = factories.environment("Production"), factories.role("Short-lived")
    made = event("Changed", by=factories.service_account(), about=[role, place, gone])
    of_gone = address(gone)
    gone.delete()
    auditor = factories.person("olga.auditor", factories.role("Auditor", view_audit_logs=True))
    controller = factories.person("cora", factories.role("Controller", {place: Level.FULL_CONTROL}))
    of_role, of_place = address(role), address(place)
    for reader in (client, signed_in(auditor)):
        text = reader.get(f"/events/{made.pk}/").content.decode()
        said = f'<a href="{of_role}">{HIDDEN}Tester</a>', f'<a href="{of_place}">{HIDDEN}Production</a>'
        assert all(link in text for link in said)
        assert '<span class="visually-hidden">activity log of </span>release-bot</a>' in text
        assert f'<a href="{of_gone}">{HIDDEN}Short-lived</a>' in text, "deleted, but on record"
    text = signed_in(controller).get(f"/events/{made.pk}/").content.decode()
    assert f'<a href="{of_place}">{HIDDEN}Production</a>' in text
    assert of_role not in text
    assert of_gone not in text
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


def beside(client: Client, made: Event) -> dict[str, str]:
    """Where the steps from the event's page lead to, by their words."""
    text = client.get(f"/events/{made.pk}/").content.decode()
    found = re.findall(
        r'<a href="/events/(\d+)/">(\w+)<span class="visually-hidden"> change of (\w+)</span>', text
    )
    return {f"{direction} {field}": number for number, direction, field in found}


def changed(role: Role, minute: int, *, by: Any = None, **changes: Any) -> Event:
    at = timezone.now() + timedelta(minutes=minute)
    fields = [name.lower() for name in changes]
    return event("Changed", about=[role], by=by, at=at, changes=changes, changed_fields=fields)


def test_one_steps_from_a_change_of_a_field_to_those_before_and_after(client: Client, role: Role) -> None:
    first = changed(role, 1, Name=[None, "a"], Description=[None, "x"])
    other = factories.role("Another")
    changed(other, 2, Name=["b", "c"])
    event("Read", about=[role], is_update=False, at=timezone.now() + timedelta(minutes=3))
    second = changed(role, 4, Name=["a", "b"])
    outside = changed(role, 5, by=Database(), name=["b", "c"])  # the witness says the column's name
    later = timezone.now() + timedelta(minutes=5)
    event("Has a part", about=[other, role], at=later, changes={"Name": ["c", "d"]}, changed_fields=["name"])
    last = changed(role, 6, Name=["c", "d"], Description=["x", "y"])
    made = Event.objects.get(activity="roles.role.created", entity_key=role.pk)
    assert beside(client, first) == {
        "previous Name": str(made.pk),
        "next Name": str(second.pk),
        "next Description": str(last.pk),
    }
    assert beside(client, second) == {"previous Name": str(first.pk), "next Name": str(outside.pk)}
    assert beside(client, outside) == {"previous name": str(second.pk), "next name": str(last.pk)}
    assert beside(client, last) == {"previous Name": str(outside.pk), "previous Description": str(first.pk)}
    in_its_log = client.get(f"{address(role)}?open={second.pk}").content.decode()
    assert f'<a href="/events/{first.pk}/">previous' in in_its_log


def test_a_field_named_after_a_thing_is_followed_through_its_renaming(client: Client, role: Role) -> None:
    production, other = factories.environment("Production"), factories.environment("Other")

    def level(place: Environment, minute: int) -> Event:
        at, changes = timezone.now() + timedelta(minutes=minute), {f"Level in {place.name}": ["1", "2"]}
        code, fields, about = level_changed.code, ["levels"], [role, place]
        return event("Changed", about=about, activity=code, at=at, changes=changes, changed_fields=fields)

    first = level(production, 1)
    production.name, other.name = "Live", "Production"
    level(other, 2)
    last = level(production, 3)
    text = [client.get(f"/events/{each.pk}/").content.decode() for each in (first, last)]
    step = '<a href="/events/{}/">{}<span class="visually-hidden"> change of Level in {}</span>'
    assert step.format(last.pk, "next", "Production") in text[0]
    assert step.format(first.pk, "previous", "Live") in text[1]


def test_steps_need_the_log_of_the_thing(role: Role) -> None:
    place = factories.environment("Production")
    controller = factories.person("cora", factories.role("Controller", {place: Level.FULL_CONTROL}))
    made = [
        event("Both", about=about, changes={"Motto": ["a", "b"]}, changed_fields=["motto"])
        for about in ([role, place], [role, place], [place], [place])
    ]
    client = signed_in(controller)
    assert beside(client, made[0]) == {}, "what else happened to the role is not theirs to know"
    assert beside(client, made[2]) == {"next Motto": str(made[3].pk)}


def test_steps_reach_a_bounded_number_of_events(
    client: Client, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "REACH", 3)
    first = changed(role, 1, Name=["a", "b"])
    for minute in (2, 3):
        event("Read", about=[role], is_update=False, at=timezone.now() + timedelta(minutes=minute))
    near = changed(role, 4, Name=["b", "c"])
    for minute in (5, 6, 7):
        event("Read", about=[role], is_update=False, at=timezone.now() + timedelta(minutes=minute))
    far = changed(role, 8, Name=["c", "d"])
    assert beside(client, near) == {"previous Name": str(first.pk)}
    assert beside(client, far) == {}


def test_what_a_row_says_is_a_filter_and_its_opposite(client: Client, reader: User, role: Role) -> None:
    made = event("Changed", by=reader, about=[role], channel="command", outcome="failed")
    text = client.get(
        f"{LOG}?message=changed&not_kind=team&older=&open={made.pk}".replace("older=&", "")
    ).content.decode()

    def query(words: str) -> dict[str, Any]:
        found = re.search(
            rf'<a href="/audit-logs/\?([^"]*)">{words.split()[0]}<span[^>]*> {" ".join(words.split()[1:])}',
            text,
        )
        assert found, words
        return QueryDict(found.group(1).replace("&amp;", "&")).dict()

    searched = {"message": "changed"}
    assert query("only user Ada Admin") == {**searched, "not_kind": "team", "user": str(reader.pk)}
    assert query("without user Ada Admin") == {**searched, "not_kind": "team", "not_user": str(reader.pk)}
    assert query("only kind Role") == {**searched, "kind": "role"}
    assert query("without kind Role") == {**searched, "not_kind": "team,role"}
    assert query("without outcome failed") == {**searched, "not_kind": "team", "not_outcome": "failed"}
    assert query("only origin command on the server") == {
        **searched,
        "not_kind": "team",
        "channel": "command",
    }


def test_from_other_logs_one_filters_everything_on_record_if_one_may_read_that(
    client: Client, reader: User
) -> None:
    place = factories.environment("Production")
    controller = factories.person("cora", factories.role("Controller", {place: Level.FULL_CONTROL}))
    made = event("Changed", by=reader, about=[place])
    addresses = (f"/events/{made.pk}/", f"{address(place)}?open={made.pk}")
    for each in addresses:
        assert f'<a href="/audit-logs/?since=&amp;user={reader.pk}">only' in client.get(each).content.decode()
        assert "/audit-logs/" not in signed_in(controller).get(each).content.decode()
    assert f'<a href="/audit-logs/?request={made.request_id}">' in client.get(addresses[0]).content.decode()


def test_htmx_gets_the_row_alone_and_leaves_the_page_where_it_is(client: Client, role: Role) -> None:
    made = event("Changed", about=[role])
    hidden = event("Elsewhere", about=[factories.role("Another")])
    for log in (LOG, address(role)):
        for query, state in (({"open": made.pk}, "true"), ({}, "false")):
            text = client.get(
                log, query, headers={"HX-Request": "true", "HX-Target": f"r{made.pk}"}
            ).content.decode()
            assert f'<tbody id="r{made.pk}">' in text
            assert f'aria-expanded="{state}"' in text
            assert ("In the same request" in text) == (state == "true")
            assert "<html" not in text
    answer = client.get(address(role), headers={"HX-Request": "true", "HX-Target": f"r{hidden.pk}"})
    assert "Elsewhere" not in answer.content.decode()
    assert Event.objects.filter(activity="audit.logs_viewed").count() == 1
