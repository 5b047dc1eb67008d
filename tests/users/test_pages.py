"""The pages of people and service accounts: who may open and send which, and that nothing is shown twice."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from roles.models import Level
from tests.factories import (
    PASSWORD,
    SYSTEM,
    administrator,
    application,
    developer_role,
    environment,
    person,
    role,
    service_account,
    team,
)
from tests.told import told
from users import services
from users.models import User

pytestmark = pytest.mark.django_db

NEW = PASSWORD + "-new"
PERSON = {"name": "Ana Maria", "username": "ana.maria", "email": "", "time_zone": ""}
BOT = {"name": "Bot", "username": "bot", "description": ""}
TOKEN = {"days": "30", "current": PASSWORD, "key": "00000000-0000-4000-8000-0000000000aa"}
ROLE = "00000000-0000-4000-8000-000000000012"
# page, what is sent, what a manager gets; everybody else gets 403 where no account is named, 404 where one is
PAGES: list[tuple[str, dict[str, Any] | None, int]] = [
    ("list", None, 200),
    ("create", None, 200),
    ("create", {**PERSON, "role": ROLE, "password": NEW, "again": NEW}, 302),
    ("detail", None, 200),
    ("edit", None, 200),
    ("edit", PERSON, 302),
    ("role", None, 200),
    ("role", {"role": ROLE}, 302),
    ("set_password", None, 200),
    ("set_password", {"password": NEW, "again": NEW}, 302),
    ("deactivate", None, 200),
    ("deactivate", {}, 302),
    ("activate", None, 200),
    ("activate", {}, 302),
    ("service_accounts", None, 200),
    ("service_account_create", None, 200),
    ("service_account_create", {**BOT, "role": ROLE}, 302),
    ("service_account", None, 200),
    ("service_account_edit", None, 200),
    ("service_account_edit", BOT, 302),
    ("service_account_role", None, 200),
    ("service_account_role", {"role": ROLE}, 302),
    ("service_account_deactivate", None, 200),
    ("service_account_deactivate", {}, 302),
    ("service_account_activate", None, 200),
    ("service_account_activate", {}, 302),
    ("token_issue", None, 200),
    ("token_issue", TOKEN, 200),
    ("token_rotate", None, 200),
    ("token_rotate", {**TOKEN, "overlap_hours": "24"}, 200),
    ("token_revoke", None, 200),
    ("token_revoke", {}, 302),
]
KEYLESS = {"list", "create", "service_accounts", "service_account_create"}
OF_PEOPLE = {"detail", "edit", "role", "set_password", "deactivate", "activate"}


def address(page: str) -> str:
    """Return the page's address, about an account made for it."""
    if page in KEYLESS:
        return reverse(f"users:{page}")
    if page in OF_PEOPLE:
        return reverse(f"users:{page}", args=[person("ana.lopes", role("Tester")).pk])
    bot = service_account("release-bot", role("Tester"))
    token, _ = services.issue_token(bot, by=SYSTEM)
    return reverse(f"users:{page}", args=[bot.pk, token.pk] if page == "token_revoke" else [bot.pk])


def send(client: Client, url: str, data: dict[str, Any] | None) -> Any:
    return client.get(url) if data is None else client.post(url, data)


@pytest.mark.parametrize(("page", "data", "status"), PAGES)
def test_who_may_open_and_send_what(
    client: Client, page: str, data: dict[str, Any] | None, status: int
) -> None:
    url, place = address(page), environment()
    widest = role("Widest", {place: Level.FULL_CONTROL}, manage_teams=True, view_audit_logs=True)
    for stranger in (person("stan.stranger", role("Nothing")), person("will.wide", widest)):
        client.force_login(stranger)
        with told() as events:
            assert send(client, url, data).status_code == (403 if page in KEYLESS else 404), stranger
        assert [event.outcome for event in events] == (["refused"] if page in KEYLESS else [])
    client.force_login(administrator(password=PASSWORD if data and "current" in data else ""))
    assert send(client, url, data).status_code == status
    client.logout()
    assert send(client, url, data)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("page", sorted({page for page, _, _ in PAGES} - KEYLESS - {"token_revoke"}))
def test_a_guessed_key_and_one_of_the_other_sort_are_not_found(client: Client, page: str) -> None:
    other = service_account() if page in OF_PEOPLE else person("ana.lopes")
    client.force_login(administrator())
    for key in (uuid4(), other.pk):
        assert client.get(reverse(f"users:{page}", args=[key])).status_code == 404


def test_a_token_of_another_account_is_not_found(client: Client) -> None:
    one, two = service_account("one"), service_account("two")
    token, _ = services.issue_token(one, by=SYSTEM)
    client.force_login(administrator())
    url = reverse("users:token_revoke", args=[two.pk, token.pk])
    assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)


def test_opening_a_page_is_told(client: Client) -> None:
    ana, bot = person("ana.lopes"), service_account()
    client.force_login(administrator())
    with told() as events:
        client.get(ana.url)
        client.get(bot.url)
    assert [event.sentence for event in events] == [
        "Accessed user 'Ana Lopes' details",
        "Accessed service account 'release-bot' details",
    ]


def test_the_list_filters_by_status_role_and_text(client: Client) -> None:
    tester = role("Tester")
    person("ana.lopes", tester, email="ana@example.com")
    person("bo.chen")
    services.deactivate_user(person("carla.diaz", tester), by=SYSTEM)
    client.force_login(administrator(name="Ada Fleet"))

    def names(**query: Any) -> set[str]:
        response = client.get(reverse("users:list"), query)
        assert response.status_code == 200
        return {str(user) for user in response.context["page_obj"]}

    assert names() == {"Ada Fleet", "Ana Lopes", "Bo Chen"}
    assert names(status="inactive") == {"Carla Diaz"}
    assert names(status="all", role=tester.pk) == {"Ana Lopes", "Carla Diaz"}
    assert names(text="LOPES") == names(text="ana@") == names(text="ana.l") == {"Ana Lopes"}
    assert names(text="%") == names(text="nul\0") == names(role="7") == names(status="odd") == set()


def test_a_long_list_comes_in_pages_that_keep_the_filters(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    client.force_login(administrator())
    for number in range(102):
        person(f"p{number}")
    with django_assert_max_num_queries(12):
        first = client.get(reverse("users:list"), {"status": "all"}).content.decode()
    assert 'href="?status=all&amp;page=2"' in first
    assert "page 2 of 2" in client.get(reverse("users:list"), {"page": "2"}).content.decode()
    assert client.get(reverse("users:list"), {"page": "nine"}).status_code == 404


def test_the_page_shows_what_a_person_may_do_and_who_reads_it(client: Client) -> None:
    place = environment("Development")
    ana = person("ana.lopes", role("Tester", {place: Level.OPEN}))
    team("Payments", {ana: developer_role()})
    from applications.services import grant_role

    grant_role(application("Invoices", place), by=SYSTEM, user=ana, role=developer_role())
    client.force_login(administrator())
    text = client.get(ana.url).content.decode()
    for words in (
        "Open and Debug Applications",
        "Payments",
        "Invoices",
        "View Change Log",
        "View Activity Log",
    ):
        assert words in text
    assert "<summary><span>Ada Admin" in text  # the bar names the reader, not the person read about


def test_hostile_names_are_shown_as_text(client: Client) -> None:
    person("x", name="<script>alert(1)</script>")
    client.force_login(administrator())
    for url in (reverse("users:list"), User.objects.get(username="x").url):
        assert b"<script>alert" not in client.get(url).content


def test_a_complaint_keeps_what_was_typed_but_no_password(client: Client) -> None:
    person("ana.lopes")
    client.force_login(administrator())
    data = {
        "name": "Ana",
        "username": "ANA.LOPES",
        "email": "",
        "time_zone": "",
        "role": ROLE,
        "password": NEW,
        "again": NEW,
    }
    response = client.post(reverse("users:create"), data)
    text = response.content.decode()
    assert response.status_code == 422
    assert "Choose another username" in text
    assert 'value="ANA.LOPES"' in text
    assert NEW not in text
    assert client.post(reverse("users:create"), {**data, "username": "new", "again": "x"}).status_code == 422
    assert client.post(reverse("users:create"), {**data, "username": "new", "role": "7"}).status_code == 422
    assert client.post(reverse("users:create"), {}).status_code == 422
    assert not User.objects.filter(username="new").exists()


def test_a_role_above_ones_own_is_not_offered_and_not_taken(client: Client) -> None:
    environment()
    client.force_login(person("max.manager", role("Manager", manage_infrastructure=True)))
    offered = client.get(reverse("users:create")).content.decode()
    assert ">Manager</option>" in offered
    assert ">Administrator</option>" not in offered
    high = "00000000-0000-4000-8000-000000000011"
    with told() as events:
        response = client.post(
            reverse("users:create"), {**PERSON, "role": high, "password": NEW, "again": NEW}
        )
    assert response.status_code == 403
    assert [event.outcome for event in events] == ["refused"]


def test_ones_own_page_offers_no_way_to_change_oneself(client: Client) -> None:
    ada = administrator()
    client.force_login(ada)
    text = client.get(ada.url).content.decode()
    assert "Deactivate" not in text
    assert "Change default role" not in text
    assert client.post(reverse("users:deactivate", args=[ada.pk])).status_code == 403
    assert client.post(reverse("users:role", args=[ada.pk]), {"role": ROLE}).status_code == 403
    assert (
        client.post(reverse("users:set_password", args=[ada.pk]), {"password": NEW, "again": NEW}).status_code
        == 403
    )
    ada.refresh_from_db()
    assert ada.is_active
