"""A double click, a reload, the way back: a form that comes twice is carried out once, and the answer is the same."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from infrastructure.services import disable_maintenance
from teams.models import Team
from tests.factories import SYSTEM, administrator, environment, role, team
from tests.forms.pages import Form, form_at
from tests.told import told

pytestmark = pytest.mark.django_db
TWICE = "it was done once"


@pytest.fixture
def ada() -> Client:
    client = Client()
    client.force_login(administrator())
    return client


def twice(client: Client, form: Form, **typed: Any) -> list[Any]:
    return [client.post(form.action, {**form.data, **typed}, follow=True) for _ in range(2)]


def test_the_second_click_leads_to_what_the_first_one_made(ada: Client) -> None:
    first, second = twice(ada, form_at(ada, reverse("teams:create")), name="Payments")
    made = Team.objects.get(name="Payments")
    assert first.redirect_chain == second.redirect_chain == [(reverse("teams:detail", args=[made.pk]), 302)]
    assert "The team is created." in second.content.decode()
    assert TWICE in second.content.decode()


def test_other_content_in_the_same_form_makes_another_thing(ada: Client) -> None:
    form = form_at(ada, reverse("teams:create"))
    for name in ("Payments", "Invoices"):
        assert ada.post(form.action, {**form.data, "name": name}).status_code == 302
    assert set(Team.objects.values_list("name", flat=True)) == {"Payments", "Invoices"}


def test_what_was_removed_is_removed_once_whoever_did_it(ada: Client) -> None:
    payments, invoices = team("Payments"), team("Invoices")
    first, second = twice(ada, form_at(ada, reverse("teams:delete", args=[payments.pk])))
    assert second.redirect_chain == first.redirect_chain
    assert TWICE in second.content.decode()
    form = form_at(ada, reverse("teams:delete", args=[invoices.pk]))
    invoices.delete()
    late = ada.post(form.action, form.data, follow=True)
    assert late.redirect_chain == [(reverse("teams:list"), 302)]
    assert "Invoices is not there any more" in late.content.decode()


def test_a_step_is_taken_once(ada: Client) -> None:
    qa = environment("QA")
    form = form_at(ada, reverse("infrastructure:enable_maintenance", args=[qa.pk]))
    with told() as events:
        first, second = twice(ada, form, reason="moving")
    assert first.status_code == second.status_code == 200
    assert len([event for event in events if event.activity.endswith("maintenance_enabled")]) == 1
    disable_maintenance(qa, by=SYSTEM)
    ada.post(form.action, {**form.data, "reason": "moving"})
    qa.refresh_from_db()
    assert not qa.in_maintenance  # an old form that comes again does nothing


def test_a_form_of_somebody_else_reaches_nothing(ada: Client) -> None:
    hidden = team("Hidden")
    form = form_at(ada, reverse("teams:delete", args=[hidden.pk]))
    ada.post(form.action, form.data)
    stan = Client()
    stan.force_login(administrator("stan.stranger"))
    answers = [stan.post(form.action, form.data), stan.post(form.action, {**form.data, "stamp": "x"})]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_an_edited_thing_only_becomes_what_it_is(ada: Client) -> None:
    tester = role("Tester")
    form = form_at(ada, reverse("roles:edit", args=[tester.pk]))
    with told() as events:
        answers = twice(ada, form, name="Testers")
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len([event for event in events if event.activity == "roles.role.renamed"]) == 1
