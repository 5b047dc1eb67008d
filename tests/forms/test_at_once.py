"""Two browsers send at the same instant: each in a thread and on a connection of its own, with real commits."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from teams.models import Team
from tests.factories import administrator, environment, role
from tests.forms.pages import Form, form_at
from tests.together import together

pytestmark = pytest.mark.usefixtures("assert_nothing_outside")


def browser(username: str) -> Client:
    client = Client()
    client.force_login(administrator(username))
    return client


def sending(client: Client, form: Form, **typed: Any) -> Callable[[], int]:
    return lambda: client.post(form.action, {**form.data, **typed}).status_code


def test_of_two_who_edit_a_role_one_is_asked() -> None:
    tester, qa = role("Tester"), environment("QA")
    address = reverse("roles:edit", args=[tester.pk])
    ada, ben = browser("ada.admin"), browser("ben.okoro")
    for one, other in ((3, 6), (4, 5), (2, 6)):
        first, second = form_at(ada, address), form_at(ben, address)
        field = f"level_{qa.pk}"
        answers = together(sending(ada, first, **{field: one}), sending(ben, second, **{field: other}))
        assert sorted(answers) == [302, 409]


def test_of_two_clicks_at_once_one_makes_the_thing() -> None:
    ada = browser("ada.admin")
    form = form_at(ada, reverse("teams:create"))
    clicks = [Client(), Client()]
    for click in clicks:
        click.cookies = ada.cookies
    answers = together(
        *[lambda c=click: c.post(form.action, {**form.data, "name": "Payments"}) for click in clicks]
    )
    made = Team.objects.get(name="Payments")
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, reverse("teams:detail", args=[made.pk]))
    ] * 2
