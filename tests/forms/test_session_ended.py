"""The session ends while somebody types: they sign in, and what they typed is there again, unsaved."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.activity import drafts
from teams.models import Team
from tests.factories import PASSWORD, administrator, person, team
from tests.forms.pages import Form, form_at, forms_of, own_form

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"
TYPED = "Зарплата 💶 <b>'\"&amp;\nsecond line"


@pytest.fixture
def ada() -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator("ada.admin", password=PASSWORD))
    return client


def enter(client: Client, username: str, form: Form | None = None) -> Any:
    form = form or form_at(client, SIGN_IN)
    return client.post(form.action, {**form.data, "username": username, "password": PASSWORD})


def own(answer: Any, action: str) -> Form:
    (form,) = [one for one in forms_of(SIGN_IN, answer.content.decode()) if one.action == action]
    return form


def end_session(client: Client) -> None:
    client.session.flush()


def test_what_was_typed_is_there_again_and_is_saved_only_when_sent_again(ada: Client) -> None:
    payments = team("Payments")
    address = reverse("teams:edit", args=[payments.pk])
    form = form_at(ada, address)
    end_session(ada)
    door = ada.post(address, {**form.data, "description": TYPED})
    assert "Your session has ended, so nothing was saved." in door.content.decode()
    wrong = ada.post(SIGN_IN, {**own(door, SIGN_IN).data, "username": "ada.admin", "password": "wrong"})
    assert wrong.status_code == 422
    offer = enter(ada, "ada.admin", own(wrong, SIGN_IN))
    assert "Nothing has been saved yet" in offer.content.decode()
    back = own(offer, address)
    restored = ada.post(back.action, back.data)
    assert "Nothing has been saved yet" in restored.content.decode()
    again = own_form(address, restored.content.decode())
    assert again.data["description"] == TYPED
    payments.refresh_from_db()
    assert payments.description == ""


def test_a_change_of_somebody_else_meanwhile_is_not_overwritten(ada: Client) -> None:
    payments = team("Payments")
    address = reverse("teams:edit", args=[payments.pk])
    form = form_at(ada, address)
    end_session(ada)
    door = ada.post(address, {**form.data, "name": "Mine"})
    Team.objects.filter(pk=payments.pk).update(name="Theirs")
    offer = enter(ada, "ada.admin", own(door, SIGN_IN))
    restored = ada.post(address, own(offer, address).data).content.decode()
    assert "You saw" in restored
    assert ada.post(address, own_form(address, restored).data).status_code == 409


def test_somebody_else_who_signs_in_gets_nothing_of_it(ada: Client) -> None:
    administrator("ben.okoro", password=PASSWORD)
    address = reverse("teams:create")
    form = form_at(ada, address)
    end_session(ada)
    door = ada.post(address, {**form.data, "name": "Secret plan"})
    carried = own(door, SIGN_IN)
    assert enter(ada, "ben.okoro", carried)["Location"] == address
    taken = ada.post(
        address, {"draft": carried.data["draft"], "csrfmiddlewaretoken": ada.cookies["csrf"].value}
    )
    assert taken.status_code == 302
    assert "Secret plan" not in ada.get(address).content.decode()


def test_no_password_is_carried(ada: Client) -> None:
    ana = person("ana.lopes")
    address = reverse("users:set_password", args=[ana.pk])
    form = form_at(ada, address)
    end_session(ada)
    door = ada.post(address, {**form.data, "password": "Typed-Secret-1234", "again": "Typed-Secret-1234"})
    offer = enter(ada, "ada.admin", own(door, SIGN_IN))
    restored = ada.post(address, own(offer, address).data)
    assert own_form(address, restored.content.decode()).data["password"] == ""
    draft = drafts.read(own(door, SIGN_IN).data["draft"])
    assert draft is not None
    assert "Typed-Secret-1234" not in str(draft.content)


def test_a_token_of_an_earlier_session_leads_back_to_the_form_too(ada: Client) -> None:
    address = reverse("teams:create")
    form = form_at(ada, address)
    ada.post("/sign-out/", {"csrfmiddlewaretoken": form.data["csrfmiddlewaretoken"]})
    enter(ada, "ada.admin")  # in another tab: the token is a new one
    offer = ada.post(address, {**form.data, "name": "Payments"})
    assert offer.status_code == 403
    restored = ada.post(address, own(offer, address).data).content.decode()
    assert own_form(address, restored).data["name"] == "Payments"
    assert not Team.objects.exists()


def test_a_form_that_is_none_of_ours_is_not_kept(ada: Client) -> None:
    end_session(ada)
    answer = ada.post("/teams/new/", {"name": "Planted", "stamp": "forged"})
    assert answer.status_code == 403
    assert b"Planted" not in answer.content
    assert not Team.objects.exists()
