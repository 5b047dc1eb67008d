"""The pages about environments: who may open and send which, as one table; what they offer; that they do it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from infrastructure import services
from infrastructure.models import ConsoleSettings, Environment
from roles.models import Level
from tests.factories import SYSTEM, administrator, environment, person, role
from tests.told import told
from users.models import User

pytestmark = pytest.mark.django_db

FORM = {"name": "Quality", "purpose": "Test", "address": "q.example.com"}
SETTINGS = {"runner": "registry", "runner_program": "", "runner_timeout": "30"}
# page, what is sent: manager, who enters the environment, who does not
MATRIX: list[tuple[str, dict[str, Any] | None, tuple[int, int, int]]] = [
    ("list", None, (200, 200, 403)),
    ("create", None, (200, 403, 403)),
    ("create", {**FORM, "name": "New"}, (302, 403, 403)),
    ("settings", None, (200, 403, 403)),
    ("settings", SETTINGS, (302, 403, 403)),
    ("detail", None, (200, 200, 404)),
    ("edit", None, (200, 403, 404)),
    ("edit", FORM, (302, 403, 404)),
    ("move", None, (200, 403, 404)),
    ("move", {"position": "0"}, (302, 403, 404)),
    ("enable_maintenance", None, (200, 403, 404)),
    ("enable_maintenance", {"reason": "Upgrade"}, (302, 403, 404)),
    ("disable_maintenance", None, (200, 403, 404)),
    ("disable_maintenance", {}, (302, 403, 404)),
    ("unregister", None, (200, 403, 404)),
    ("unregister", {}, (302, 403, 404)),
]
KEYLESS = {"list", "create", "settings"}


def people(place: Environment) -> list[User]:
    controller = role("Controller", {place: Level.FULL_CONTROL}, manage_teams=True, view_audit_logs=True)
    outsider = role("Outsider", {place: Level.NO_ACCESS})
    return [administrator(), person("eva.santos", controller), person("otto.outside", outsider)]


def address(page: str, place: Environment) -> str:
    return reverse(f"infrastructure:{page}", args=[] if page in KEYLESS else [place.pk])


def send(client: Client, url: str, data: dict[str, Any] | None) -> Any:
    return client.get(url) if data is None else client.post(url, data)


@pytest.mark.parametrize(("page", "data", "expected"), MATRIX)
def test_who_may_open_and_send_what(
    client: Client, page: str, data: dict[str, Any] | None, expected: tuple[int, int, int]
) -> None:
    place = environment("QA")
    for reader, status in reversed(list(zip(people(place), expected, strict=True))):
        client.force_login(reader)
        with told() as events:
            assert send(client, address(page, place), data).status_code == status, reader
        refused = [event for event in events if event.outcome == "refused"]
        assert len(refused) == (status == 403), reader


@pytest.mark.parametrize(("page", "data", "expected"), MATRIX)
def test_who_is_not_signed_in_is_sent_to_the_door(
    client: Client, page: str, data: dict[str, Any] | None, expected: object
) -> None:
    response = send(client, address(page, environment("QA")), data)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("key", ["00000000-0000-4000-8000-00000000dead", "7", "QA", "%00"])
def test_guessed_and_malformed_keys_are_not_found(client: Client, key: str) -> None:
    client.force_login(administrator())
    assert client.get(f"/infrastructure/environments/{key}/").status_code == 404


def test_the_list_shows_only_what_one_may_enter_in_its_order(client: Client) -> None:
    production = environment("Production")
    hidden = environment("Hidden")
    development = environment("Development", position=0)
    seer = role("Seer", {development: Level.ACCESS, production: Level.LIST, hidden: Level.NO_ACCESS})
    client.force_login(person("ana.lopes", seer))
    text = client.get(reverse("infrastructure:list")).content.decode()
    assert text.index("Development</a>") < text.index("Production</a>")
    assert "Hidden" not in text
    assert "Register environment" not in text
    assert "Earlier" not in text


def test_on_an_empty_installation_the_first_environment_can_be_registered(client: Client) -> None:
    client.force_login(administrator())
    assert b"Register environment" in client.get(reverse("infrastructure:list")).content


def test_opening_an_environment_is_told(client: Client) -> None:
    place = environment("QA")
    client.force_login(administrator())
    with told() as events:
        client.get(address("detail", place))
    assert [event.sentence for event in events] == ["Accessed environment 'QA' details"]


@pytest.mark.parametrize(
    ("level", "switches", "sees"),
    [
        (Level.FULL_CONTROL, {}, True),
        (Level.CHANGE_AND_DEPLOY, {}, False),
        (Level.ACCESS, {"view_audit_logs": True}, True),
        (Level.ACCESS, {"manage_infrastructure": True}, True),
        (Level.CHANGE_AND_DEPLOY, {"manage_teams": True}, False),
    ],
)
def test_the_change_log_is_offered_to_those_who_may_read_it(
    client: Client, level: Level, switches: dict[str, bool], sees: bool
) -> None:
    place = environment("QA")
    client.force_login(person("ana.lopes", role("Reader", {place: level}, **switches)))
    assert (b"View Change Log" in client.get(address("detail", place)).content) == sees
    log = client.get(reverse("audit:change_log", args=["environment", place.pk]))
    assert log.status_code == (200 if sees else 403)


def test_what_roles_permit_there_is_shown_only_to_those_who_manage_roles(client: Client) -> None:
    place = environment("QA")
    for reader, sees in zip(people(place)[:2], (True, False), strict=True):
        client.force_login(reader)
        assert (b"Roles here" in client.get(address("detail", place)).content) == sees


def test_a_complaint_keeps_what_was_typed(client: Client) -> None:
    environment("Development")
    client.force_login(administrator())
    response = client.post(reverse("infrastructure:create"), {**FORM, "name": "development"})
    assert response.status_code == 422
    assert "Another environment has this name" in response.content.decode()
    assert 'value="q.example.com"' in response.content.decode()


def test_what_stands_in_the_way_is_said_before_and_after(client: Client) -> None:
    from tests.factories import application

    place = environment("Development")
    application("Invoices", place)
    client.force_login(administrator())
    before = client.get(address("unregister", place)).content.decode()
    assert "cannot be unregistered now" in before
    assert "Invoices" in before
    assert client.post(address("unregister", place)).status_code == 422
    assert Environment.objects.count() == 1


def test_the_forms_do_what_they_say(client: Client) -> None:
    environment("Development")
    place = environment("QA")
    client.force_login(administrator())
    client.post(address("edit", place), {**FORM, "two_stage": "on"})
    client.post(address("move", place), {"position": "0"})
    client.post(address("enable_maintenance", place), {"reason": "Upgrade"})
    client.post(reverse("infrastructure:settings"), SETTINGS)
    place.refresh_from_db()
    assert (place.name, place.address, place.two_stage, place.position) == (
        "Quality",
        "q.example.com",
        True,
        0,
    )
    assert place.maintenance_reason == "Upgrade"
    assert ConsoleSettings.load().runner_timeout == 30
    assert b"Upgrade" in client.get(reverse("infrastructure:list")).content
    client.post(address("disable_maintenance", place))
    client.post(address("unregister", place))
    assert [str(one) for one in Environment.objects.in_order()] == ["Development"]


def test_a_new_environment_without_a_place_is_the_last(client: Client) -> None:
    environment("Development")
    client.force_login(administrator())
    client.post(reverse("infrastructure:create"), {**FORM, "position": ""})
    client.post(reverse("infrastructure:create"), {**FORM, "name": "First", "position": "0"})
    assert [str(one) for one in Environment.objects.in_order()] == ["First", "Development", "Quality"]


def test_the_list_asks_the_database_as_often_for_many_as_for_few(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    client.force_login(administrator())
    for number in range(12):
        environment(f"Environment {number}")
    services.enable_maintenance(Environment.objects.get(position=3), by=SYSTEM, reason="Upgrade")
    with django_assert_max_num_queries(12):
        assert client.get(reverse("infrastructure:list")).status_code == 200
