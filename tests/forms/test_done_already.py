"""What somebody else did first is not done again, and whoever comes second is led to the thing and told so."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications.services import block
from audit.activity import kind_of
from tests.factories import (
    SYSTEM,
    administrator,
    application,
    environment,
    failed_sign_ins,
    person,
    service_account,
)
from tests.forms.pages import form_at
from tests.told import told
from users.services import issue_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def steps() -> dict[str, tuple[str, str, dict[str, str]]]:
    """The address of each step that can be taken once, where its form shows the thing, and what one types."""
    qa, dev = environment("QA"), environment("Development")
    shop, bot, jun = application("Shop", dev), service_account("bot"), person("jun.sato")
    block(shop, by=SYSTEM, environment=qa, reason="not yet")
    token, _ = issue_token(bot, by=SYSTEM)
    failed_sign_ins(6, "jun.sato", address="203.0.113.7")
    failed_sign_ins(20, address="198.51.100.9")
    found: dict[str, tuple[Any, str, list[Any], dict[str, str]]] = {
        "maintenance": (qa, "infrastructure:enable_maintenance", [qa.pk], {"reason": "tonight"}),
        "unblocking": (shop, "applications:unblock", [shop.pk, qa.pk], {}),
        "revoking": (bot, "users:token_revoke", [bot.pk, token.pk], {}),
        "a person": (jun, "users:unblock", [jun.pk], {"address": "203.0.113.7"}),
    }
    return {
        **{
            name: (reverse(step, args=keys), kind_of(thing).url(thing.pk), typed)
            for name, (thing, step, keys, typed) in found.items()
        },
        "an address": (
            reverse("users:unblock_address"),
            reverse("users:blocked_addresses"),
            {"address": "198.51.100.9"},
        ),
    }


def test_whoever_comes_second_is_led_to_the_thing_and_told(
    steps: dict[str, tuple[str, str, dict[str, str]]],
) -> None:
    first, second = Client(), Client()
    first.force_login(administrator())
    second.force_login(administrator("berta.second"))
    for name, (address, thing, typed) in steps.items():
        forms = [form_at(client, address) for client in (first, second)]
        assert first.post(address, {**forms[0].data, **typed}).status_code == 302, name
        with told() as events:
            late = second.post(address, {**forms[1].data, **typed}, follow=True)
        assert late.redirect_chain == [(thing, 302)], name
        assert "Nothing was done" in late.content.decode(), name
        assert [event.activity for event in events if not event.activity.endswith("accessed")] == [], name
