"""Two people edit the same thing: the later one is asked, and nothing is overwritten unseen."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from roles.models import Level
from tests.factories import administrator, environment, level_in, person, role, service_account, team
from tests.forms.pages import Form, form_at, own_form
from tests.told import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Client:
    return signed_in("ada.admin")


@pytest.fixture
def ben() -> Client:
    return signed_in("ben.okoro")


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(administrator(username))
    return client


def send(client: Client, form: Form, **typed: Any) -> Any:
    return client.post(form.action, {**form.data, **typed}, follow=True)


def test_what_both_changed_is_asked_about_and_nothing_is_written(ada: Client, ben: Client) -> None:
    payments = team("Payments")
    address = reverse("teams:edit", args=[payments.pk])
    form = form_at(ada, address)
    send(ben, form_at(ben, address), name="Payments Europe")
    with told() as events:
        answer = send(ada, form, name="Invoices", description="Writes them.")
    page = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert events == []
    for words in ("Payments", "Payments Europe", "Invoices", "Ben Okoro", "Team 'Payments' renamed"):
        assert words in page
    assert 'value="Invoices"' in page
    assert "Writes them." in page
    again = own_form(address, page)
    assert send(ada, again).status_code == 409  # no decision, no writing
    send(ada, again, **{"decide-name": "theirs"})
    payments.refresh_from_db()
    assert (payments.name, payments.description) == ("Payments Europe", "Writes them.")


def test_a_decision_holds_only_for_what_one_was_shown(ada: Client, ben: Client) -> None:
    payments = team("Payments")
    address = reverse("teams:edit", args=[payments.pk])
    form = form_at(ada, address)
    send(ben, form_at(ben, address), name="Second")
    again = own_form(address, send(ada, form, name="Mine").content.decode())
    send(ben, form_at(ben, address), name="Third")
    third = send(ada, again, decide="mine")
    assert third.status_code == 409
    assert "Third" in third.content.decode()
    assert send(ada, own_form(address, third.content.decode()), decide="mine").status_code == 200
    payments.refresh_from_db()
    assert payments.name == "Mine"


def test_what_only_somebody_else_changed_stays_and_is_said(ada: Client, ben: Client) -> None:
    dev, qa = environment("Development"), environment("QA")
    tester = role("Tester", {dev: Level.LIST, qa: Level.LIST})
    address = reverse("roles:edit", args=[tester.pk])
    form = form_at(ada, address)
    switch = f"add_system_dependencies_{dev.pk}"
    send(ben, form_at(ben, address), **{f"level_{dev.pk}": "3", switch: "on", "manage_teams": "on"})
    later = environment("Added meanwhile")
    page = send(ada, form, **{f"level_{qa.pk}": "4"}).content.decode()
    assert "kept as it is now" in page
    assert "Level in Development" in page
    tester.refresh_from_db()
    assert tester.manage_teams
    assert tester.levels.get(environment=dev).add_system_dependencies
    assert [int(level_in(tester, place)) for place in (dev, qa, later)] == [3, 4, 2]


EDITED: list[tuple[str, Any, str, tuple[str, str]]] = [
    ("infrastructure:edit", lambda: environment("QA"), "address", ("a.example", "b.example")),
    ("users:edit", lambda: person("ana.lopes"), "email", ("a@x.example", "b@x.example")),
    ("users:service_account_edit", lambda: service_account("bot"), "description", ("one", "two")),
    ("roles:edit", lambda: role("Tester"), "description", ("one", "two")),
]


@pytest.mark.parametrize(("page", "make", "field", "values"), EDITED, ids=[row[0] for row in EDITED])
def test_every_page_that_edits_asks_the_later_one(
    ada: Client, ben: Client, page: str, make: Any, field: str, values: tuple[str, str]
) -> None:
    address = reverse(page, args=[make().pk])
    forms = [form_at(client, address) for client in (ada, ben)]
    answers = [
        send(client, form, **{field: value})
        for client, form, value in zip((ada, ben), forms, values, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [200, 409]


def test_a_stamp_of_another_person_page_or_hand_is_none(ada: Client, ben: Client) -> None:
    payments, invoices = team("Payments"), team("Invoices")
    address = reverse("teams:edit", args=[payments.pk])
    stamps = {
        "another person's": form_at(ben, address).data["stamp"],
        "another page's": form_at(ada, reverse("teams:edit", args=[invoices.pk])).data["stamp"],
        "a forged one": form_at(ada, address).data["stamp"] + "x",
    }
    for whose, stamp in stamps.items():
        answer = send(ada, form_at(ada, address), name="Mine", stamp=stamp)
        assert answer.status_code == 422, whose
        assert 'value="Mine"' in answer.content.decode(), whose
    payments.refresh_from_db()
    assert payments.name == "Payments"


def test_no_stamp_holds_a_secret(ada: Client) -> None:
    ana = person("ana.lopes", password="Correct-Horse-Battery-9")
    page = form_at(ada, reverse("users:set_password", args=[ana.pk]))
    assert page.data["password"] == ""
