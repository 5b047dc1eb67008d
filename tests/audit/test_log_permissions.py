"""Who may read which log: every log of every kind, opened as every sort of person."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from applications.models import Application
from audit.activity import kind_of, kinds
from audit.models import Event, EventSubject
from deployments.models import Plan, PlannedApplication
from infrastructure.models import ConsoleSettings
from roles.models import Level
from tests import factories
from tests.audit.events import event
from users.models import User

pytestmark = pytest.mark.django_db

SIGN_IN = 302
PEOPLE = (
    "manager",  # Manage Infrastructure and Users
    "auditor",  # View Audit Logs and nothing else
    "team_manager",  # manages the team, by the role held in it
    "other_team_manager",  # the same in another team
    "developer",  # List on the application, in Development only
    "guest",  # Access everywhere, so no application
    "controller",  # Full Control in Production, by the default role
    "team_controller",  # Full Control in Production, but only by the role held in the team
    "deactivated",  # once an infrastructure manager
    "signed_out",
)
ONLY_THE_RECORDS_READERS = (200, 200, 404, 404, 404, 404, 404, 404, SIGN_IN, SIGN_IN)
CHANGE_LOG = {
    "environment": (200, 200, 403, 403, 404, 403, 200, 403, SIGN_IN, SIGN_IN),
    "infrastructure": ONLY_THE_RECORDS_READERS,
    "role": ONLY_THE_RECORDS_READERS,
    "user": ONLY_THE_RECORDS_READERS,
    "service_account": ONLY_THE_RECORDS_READERS,
    "team": (200, 200, 200, 404, 404, 404, 404, 404, SIGN_IN, SIGN_IN),
    "application": (200, 200, 200, 404, 200, 404, 200, 200, SIGN_IN, SIGN_IN),
    "deployment_plan": (200, 200, 200, 404, 200, 404, 200, 200, SIGN_IN, SIGN_IN),
}
NOBODY = (404, 404, 404, 404, 404, 404, 404, 404, SIGN_IN, SIGN_IN)
ACTIVITY_LOG = {"user": ONLY_THE_RECORDS_READERS, "service_account": ONLY_THE_RECORDS_READERS}
WHOLE_LOG = (200, 200, 403, 403, 403, 403, 403, 403, SIGN_IN, SIGN_IN)


@dataclass
class Landscape:
    """One thing of each kind, and people who stand differently to them."""

    things: dict[str, models.Model]
    people: dict[str, User]

    def opens(self, who: str) -> Client:
        client = Client()
        if who in self.people:
            client.force_login(self.people[who])
        return client


@pytest.fixture
def landscape() -> Landscape:
    development, production = factories.environment("Development"), factories.environment("Production")
    guest = factories.role("Guest", {development: Level.ACCESS, production: Level.ACCESS})
    lister = factories.role("Lister", {development: Level.LIST})
    leader = factories.role("Leader", {development: Level.LIST}, manage_teams=True)
    controller = factories.role("Controller", {production: Level.FULL_CONTROL})
    auditor = factories.role("Auditor", view_audit_logs=True)
    people = {
        "manager": factories.administrator(),
        "auditor": factories.person("olga.auditor", auditor),
        "team_manager": factories.person("tom.lead", guest),
        "other_team_manager": factories.person("tim.lead", guest),
        "developer": factories.person("dora.dev", lister),
        "guest": factories.person("gus.guest", guest),
        "controller": factories.person("cora.control", controller),
        "team_controller": factories.person("carl.control", guest),
        "deactivated": factories.administrator("gone.admin"),
    }
    payments = factories.team(
        "Payments", {people["team_manager"]: leader, people["team_controller"]: controller}
    )
    factories.team("Shipping", {people["other_team_manager"]: leader})
    application = Application.objects.create(name="Customer Portal", team=payments)
    plan = Plan.objects.create(
        number=1, source=development, target=production, created_by=people["manager"], status="saved"
    )
    PlannedApplication.objects.create(plan=plan, application=application, operation="nothing")
    things = {
        "environment": production,
        "infrastructure": ConsoleSettings.load(),
        "role": lister,
        "user": people["developer"],
        "service_account": factories.service_account(),
        "team": payments,
        "application": application,
        "deployment_plan": plan,
    }
    for thing in things.values():
        event(f"Something happened to {thing}", about=[thing])
    return Landscape(things, people)


def deactivate(landscape: Landscape) -> None:
    """After the sign-in: a session that was open does not stay so."""
    User.objects.filter(pk=landscape.people["deactivated"].pk).update(is_active=False)


def body(response: Any) -> str:
    """The page without what is different in every answer: the request's id, the token of the form to sign out."""
    text: str = response.content.decode()
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z0-9]{64}", "", text)


def newest() -> Event:
    event: Event = Event.objects.newest_first()[0]
    return event


def test_the_table_names_every_kind() -> None:
    assert set(CHANGE_LOG) == {kind.name for kind in kinds()}
    assert set(ACTIVITY_LOG) == {kind.name for kind in kinds() if kind.acts}


@pytest.mark.parametrize("who", PEOPLE)
def test_every_log_as_every_sort_of_person(landscape: Landscape, who: str) -> None:
    client, column = landscape.opens(who), PEOPLE.index(who)
    deactivate(landscape)
    expected, found = {}, {}
    for kind, thing in landscape.things.items():
        for log, table in (("change_log", CHANGE_LOG), ("activity_log", ACTIVITY_LOG)):
            expected[log, kind] = table.get(kind, NOBODY)[column]
            found[log, kind] = client.get(reverse(f"audit:{log}", args=[kind, thing.pk])).status_code
    for page in ("log", "export"):
        expected["whole", page] = WHOLE_LOG[column]
        response = client.get(reverse(f"audit:{page}"))
        found["whole", page] = response.status_code
        if response.streaming:
            b"".join(response)  # sent to its end, as a browser would
    assert found == expected


@pytest.mark.parametrize("who", PEOPLE)
def test_an_event_is_read_by_whoever_may_read_a_log_it_stands_in(landscape: Landscape, who: str) -> None:
    client, column = landscape.opens(who), PEOPLE.index(who)
    deactivate(landscape)
    for kind, thing in landscape.things.items():
        subject = EventSubject.objects.filter(kind=kind, entity_key=thing.pk).latest("at", "event_id")
        allowed = CHANGE_LOG[kind][column]
        expected = 404 if allowed == 403 else allowed
        assert client.get(reverse("audit:event", args=[subject.event_id])).status_code == expected, kind


def test_a_log_that_is_refused_says_what_is_missing_and_is_on_record(landscape: Landscape) -> None:
    guest, production = landscape.people["guest"], landscape.things["environment"]
    address = reverse("audit:change_log", args=["environment", production.pk])
    response = landscape.opens("guest").get(address)
    assert response.status_code == 403
    assert "This needs Manage Infrastructure and Users, or Full Control on this environment." in body(
        response
    )
    attempt = newest()
    assert (attempt.outcome, attempt.actor_key, attempt.entity_key) == ("refused", guest.pk, production.pk)
    assert (
        attempt.body["reason"] == "Needs Manage Infrastructure and Users, or Full Control on this environment"
    )


@pytest.mark.parametrize("page", ["log", "export"])
def test_the_whole_log_is_refused_by_name_and_on_record(landscape: Landscape, page: str) -> None:
    developer = landscape.people["developer"]
    response = landscape.opens("developer").get(reverse(f"audit:{page}"))
    assert response.status_code == 403
    assert "This needs View Audit Logs or Manage Infrastructure and Users." in body(response)
    attempt = newest()
    assert (attempt.outcome, attempt.actor_key) == ("refused", developer.pk)


@pytest.mark.parametrize("who", [who for who in PEOPLE if who not in {"deactivated", "signed_out"}])
def test_hidden_absent_deleted_and_malformed_read_the_same(landscape: Landscape, who: str) -> None:
    client, column = landscape.opens(who), PEOPLE.index(who)
    deleted = factories.role("Short-lived")
    deleted_key = deleted.pk
    deleted.delete()
    not_there = body(client.get(reverse("audit:change_log", args=["role", uuid4()])))
    if landscape.people[who].has_perm("audit.view_all"):
        deleted_key = uuid4()  # its log stays theirs, see test_log_of_deleted.py
    keys = [uuid4(), deleted_key, "1", "x", "%00", "' OR 1=1", "0" * 32 + "z", "…", "-1"]
    addresses = [
        *(
            reverse(f"audit:{log}", args=["role", key])
            for log in ("change_log", "activity_log")
            for key in keys
        ),
        *(
            reverse(f"audit:{log}", args=["user", key])
            for log in ("change_log", "activity_log")
            for key in keys
        ),
        *(
            reverse("audit:change_log", args=[name, landscape.things["role"].pk])
            for name in ("x", "Role", "\0")
        ),
        # a key of the right kind's neighbour in the same table
        reverse("audit:change_log", args=["user", landscape.things["service_account"].pk]),
        reverse("audit:activity_log", args=["service_account", landscape.things["user"].pk]),
        *(reverse("audit:event", args=[number]) for number in (0, 10**12, 10**18, 10**30)),
        *(
            reverse("audit:change_log", args=[kind, landscape.things[kind].pk])
            for kind in CHANGE_LOG
            if CHANGE_LOG[kind][column] == 404
        ),
    ]
    for address in addresses:
        response = client.get(address)
        assert (response.status_code, body(response)) == (404, not_there), address


def test_what_is_asked_for_at_a_hidden_log_makes_no_difference(landscape: Landscape) -> None:
    client = landscape.opens("guest")
    hidden = reverse("audit:change_log", args=["role", landscape.things["role"].pk])
    absent = reverse("audit:change_log", args=["role", uuid4()])
    for query in ("?nonsense=1", "?older=x", "?open=1", "?open=x"):
        assert body(client.get(hidden + query)) == body(client.get(absent + query))


def test_a_reader_of_one_log_sees_nothing_of_others(landscape: Landscape) -> None:
    application, role = landscape.things["application"], landscape.things["role"]
    secret = event("A secret of the role", about=[role], request_id=(request := uuid4()))
    shared = event("About both", about=[role, application], request_id=request)
    client = landscape.opens("developer")
    address = reverse("audit:change_log", args=["application", application.pk])
    page = client.get(address, {"open": shared.pk}).content.decode()
    assert "About both" in page
    assert "A secret of the role" not in page
    assert "No other event that you may see." in page
    assert client.get(reverse("audit:event", args=[secret.pk])).status_code == 404


def test_reading_needs_a_get(landscape: Landscape) -> None:
    client = landscape.opens("manager")
    for kind, thing in landscape.things.items():
        assert client.post(reverse("audit:change_log", args=[kind, thing.pk])).status_code == 405
        assert kind_of(thing).name == kind
