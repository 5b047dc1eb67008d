"""The pages of service accounts: the list, and tokens that are shown once."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Event
from tests.factories import PASSWORD, SYSTEM, administrator, developer_role, service_account, team
from users import services
from users.models import Token, User

pytestmark = pytest.mark.django_db

BOT = {"name": "Bot", "username": "bot", "description": ""}


def test_the_list_of_service_accounts_asks_the_database_as_often_for_many_as_for_few(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    client.force_login(administrator())
    for number in range(5):
        bot = service_account(f"bot.{number}")
        services.issue_token(bot, by=SYSTEM)
        team(f"Team {number}", {bot: developer_role()})
    with django_assert_max_num_queries(12):
        assert "Team 4" in client.get(reverse("users:service_accounts")).content.decode()


def test_a_token_is_shown_once_in_no_address_session_or_record(client: Client) -> None:
    bot = service_account()
    client.force_login(administrator(password=PASSWORD))
    url = reverse("users:token_issue", args=[bot.pk])
    data = {"days": "30", "current": PASSWORD, "key": str(uuid4())}
    response = client.post(url, data)
    text = response.context["text"]
    assert text in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert text not in response.headers.get("Location", "")
    again = client.post(url, data)
    assert again.status_code == 422
    assert "made already" in again.content.decode()
    assert Token.objects.count() == 1
    secret = text.split("_", 2)[2]
    assert secret not in again.content.decode() + client.get(bot.url).content.decode()
    assert secret not in str(dict(client.session)) + "".join(Event.objects.values_list("details", flat=True))
    renewed = again.context["form"]["key"].value()
    assert client.post(url, {**data, "key": renewed}).status_code == 200


@pytest.mark.parametrize(
    "data", [{}, {"days": "0"}, {"days": "366"}, {"days": "x"}, {"days": "30", "key": "7"}]
)
def test_a_token_form_that_cannot_be_makes_none(client: Client, data: dict[str, str]) -> None:
    client.force_login(administrator(password=PASSWORD))
    url = reverse("users:token_issue", args=[service_account().pk])
    assert client.post(url, {"key": str(uuid4()), "current": PASSWORD, **data}).status_code == 422
    assert not Token.objects.exists()


def test_the_builtin_service_account_offers_tokens_and_nothing_else(client: Client) -> None:
    builtin = User.objects.get(is_builtin=True)
    client.force_login(administrator())
    text = client.get(builtin.url).content.decode()
    assert "New token" in text
    for words in ("Deactivate", "Change default role", ">Edit<", "Set password"):
        assert words not in text
    assert client.post(reverse("users:service_account_edit", args=[builtin.pk]), BOT).status_code == 422
    assert client.post(reverse("users:service_account_deactivate", args=[builtin.pk])).status_code == 422
