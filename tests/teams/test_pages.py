"""The pages about teams: who may open and send which, as one table; what they offer; that they do it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications.services import put_in_team
from infrastructure.models import Environment
from roles.models import Level
from teams.models import Membership, Team
from tests.factories import (
    SYSTEM,
    administrator,
    application,
    developer_role,
    environment,
    person,
    role,
    team,
)
from tests.told import told
from users.models import User

pytestmark = pytest.mark.django_db

FORM = {"name": "Cards", "description": "Cards and invoices"}
# page, whether something is sent: administrator, who manages all teams, who manages this one, another one, none
MATRIX: list[tuple[str, bool, tuple[int, int, int, int, int]]] = [
    ("list", False, (200, 200, 200, 200, 403)),
    ("create", False, (200, 403, 403, 403, 403)),
    ("create", True, (302, 403, 403, 403, 403)),
    ("detail", False, (200, 200, 200, 404, 404)),
    ("edit", False, (200, 200, 200, 404, 404)),
    ("edit", True, (302, 302, 302, 404, 404)),
    ("delete", False, (200, 403, 403, 404, 404)),
    ("delete", True, (302, 403, 403, 404, 404)),
    ("add_member", False, (200, 200, 200, 404, 404)),
    ("add_member", True, (302, 302, 302, 404, 404)),
    ("change_member_role", False, (200, 200, 200, 404, 404)),
    ("change_member_role", True, (302, 302, 302, 404, 404)),
    ("remove_member", False, (200, 200, 200, 404, 404)),
    ("remove_member", True, (302, 302, 302, 404, 404)),
]
READERS = ("administrator", "manages all", "manages this", "manages another", "manages none")


class World:
    """The team Payments with Ben as Tester and Lena who manages it, and everybody around it."""

    def __init__(self) -> None:
        self.tester = role("Tester")
        self.lead = role("Lead", manage_teams=True)
        self.ben, self.cleo = person("ben.keller"), person("cleo.newcomer")
        lena, olaf = person("lena.lead"), person("olaf.other")
        self.payments = team("Payments", {self.ben: self.tester, lena: self.lead})
        team("Other", {olaf: self.lead})
        manager = person("tim.manager", role("Team Manager", manage_teams=True))
        everybody = (administrator(), manager, lena, olaf, person("paul.plain"))
        self.readers: dict[str, User] = dict(zip(READERS, everybody, strict=True))

    def address(self, page: str) -> str:
        keys: dict[str, list[Any]] = {"list": [], "create": []}
        if page in {"change_member_role", "remove_member"}:
            keys[page] = [self.payments.pk, self.ben.pk]
        return reverse(f"teams:{page}", args=keys.get(page, [self.payments.pk]))

    def data(self, page: str) -> dict[str, Any]:
        roles = {
            "add_member": {"user": self.cleo.pk, "role": self.tester.pk},
            "change_member_role": {"role": self.lead.pk},
        }
        return FORM if page in {"create", "edit"} else roles.get(page, {})


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize(("page", "sends", "expected"), MATRIX)
def test_who_may_open_and_send_what(
    client: Client, page: str, sends: bool, expected: tuple[int, ...], who: str
) -> None:
    world, status = World(), expected[READERS.index(who)]
    client.force_login(world.readers[who])
    with told() as events:
        url = world.address(page)
        response = client.post(url, world.data(page)) if sends else client.get(url)
    assert response.status_code == status
    assert len([event for event in events if event.outcome == "refused"]) == (status == 403)


@pytest.mark.parametrize("key", ["00000000-0000-4000-8000-00000000dead", "7", "Payments"])
def test_guessed_and_malformed_keys_are_not_found(client: Client, key: str) -> None:
    world = World()
    client.force_login(administrator("other.admin"))
    assert client.get(f"/teams/{key}/").status_code == 404
    assert client.get(f"/teams/{world.payments.pk}/members/{key}/").status_code == 404


def test_who_is_not_in_the_team_has_no_page_in_it(client: Client) -> None:
    world = World()
    client.force_login(administrator("other.admin"))
    for page in ("change_member_role", "remove_member"):
        assert (
            client.get(reverse(f"teams:{page}", args=[world.payments.pk, world.cleo.pk])).status_code == 404
        )


def test_the_list_shows_only_the_teams_one_manages(client: Client) -> None:
    world = World()
    client.force_login(world.readers["manages this"])
    text = client.get(reverse("teams:list")).content.decode()
    assert "Payments" in text
    assert "Other" not in text
    assert "New team" not in text


def test_on_an_empty_installation_the_first_team_can_be_created(client: Client) -> None:
    client.force_login(administrator())
    assert b"New team" in client.get(reverse("teams:list")).content


def test_opening_a_team_is_told(client: Client) -> None:
    world = World()
    client.force_login(world.readers["manages this"])
    with told() as events:
        client.get(world.address("detail"))
    assert [event.sentence for event in events] == ["Accessed team 'Payments' details"]


@pytest.mark.parametrize("who", ["administrator", "manages all", "manages this"])
def test_who_manages_a_team_reads_its_change_log(client: Client, who: str) -> None:
    world = World()
    client.force_login(world.readers[who])
    assert b"View Change Log" in client.get(world.address("detail")).content
    log = client.get(reverse("audit:change_log", args=["team", world.payments.pk]))
    assert log.status_code == 200
    assert " granted role " in log.content.decode()


def test_the_page_shows_no_application_that_its_reader_may_not_list(client: Client) -> None:
    world = World()
    place: Environment = environment()
    for name in ("Invoices", "Gateway"):
        put_in_team(application(name, place), by=SYSTEM, team=world.payments)
    client.force_login(world.readers["administrator"])
    assert b"Invoices" in client.get(world.address("detail")).content
    blind = person("bo.blind", role("Blind", {place: Level.NO_ACCESS}, manage_teams=True))
    client.force_login(blind)
    text = client.get(world.address("detail")).content.decode()
    assert "Invoices" not in text
    assert "Gateway" not in text


def test_offered_are_only_roles_that_one_may_hand_out_and_people_who_can_be_added(client: Client) -> None:
    place = environment()
    world = World()
    role("Deployer", {place: Level.FULL_CONTROL})
    client.force_login(world.readers["manages this"])
    text = client.get(world.address("add_member")).content.decode()
    assert "Deployer" not in text
    assert "Cleo Newcomer" in text
    assert "Ben Keller" not in text
    assert ">Administrator" not in text


def test_a_forged_role_above_ones_own_is_refused_on_record(client: Client) -> None:
    place = environment()
    world = World()
    higher = role("Deployer", {place: Level.FULL_CONTROL})
    client.force_login(world.readers["manages this"])
    with told() as events:
        response = client.post(world.address("change_member_role"), {"role": higher.pk})
    assert response.status_code == 403
    assert [event.outcome for event in events] == ["refused"]
    assert Membership.objects.get(user=world.ben).role == world.tester


def test_ones_own_row_offers_nothing_and_accepts_nothing(client: Client) -> None:
    world = World()
    lena = world.readers["manages this"]
    client.force_login(lena)
    own = reverse("teams:change_member_role", args=[world.payments.pk, lena.pk])
    assert own not in client.get(world.address("detail")).content.decode()
    assert client.post(own, {"role": world.tester.pk}).status_code == 403
    assert client.post(f"{own}remove/").status_code == 403


@pytest.mark.parametrize("data", [{}, {"user": "7", "role": "x"}, {"user": "", "role": ""}])
def test_a_form_that_is_not_right_is_shown_again(client: Client, data: dict[str, str]) -> None:
    world = World()
    client.force_login(world.readers["administrator"])
    assert client.post(world.address("add_member"), data).status_code == 422


def test_the_forms_do_what_they_say(client: Client) -> None:
    world = World()
    client.force_login(world.readers["administrator"])
    client.post(world.address("edit"), FORM)
    client.post(world.address("add_member"), world.data("add_member"))
    client.post(world.address("change_member_role"), world.data("change_member_role"))
    roles = dict(Membership.objects.filter(team=world.payments).values_list("user__name", "role__name"))
    assert roles == {"Ben Keller": "Lead", "Lena Lead": "Lead", "Cleo Newcomer": "Tester"}
    page = client.get(world.address("detail")).content.decode()
    assert "Cards and invoices" in page
    client.post(world.address("remove_member"))
    assert not Membership.objects.filter(user=world.ben).exists()
    assert "2 people lose the role" in client.get(world.address("delete")).content.decode()
    client.post(world.address("delete"))
    assert [str(one) for one in Team.objects.all()] == ["Other"]


def test_a_complaint_keeps_what_was_typed(client: Client) -> None:
    world = World()
    client.force_login(world.readers["administrator"])
    response = client.post(reverse("teams:create"), {"name": "payments", "description": "Mine"})
    assert response.status_code == 422
    assert "Another team has this name" in response.content.decode()
    assert 'value="Mine"' in response.content.decode()


def test_the_pages_ask_the_database_as_often_for_many_as_for_few(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    members = {person(f"person.{number}"): developer_role() for number in range(10)}
    many = team("Many", members)
    for number in range(5):
        team(f"Team {number}")
    client.force_login(administrator())
    with django_assert_max_num_queries(12):
        assert client.get(reverse("teams:list")).status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(reverse("teams:detail", args=[many.pk])).status_code == 200
