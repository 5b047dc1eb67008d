"""Service accounts and their tokens: told, limited, recognised, and never shown twice."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.activity import Refused
from audit.models import Event
from tests.factories import (
    SYSTEM,
    administrator,
    developer_role,
    person,
    role,
    service_account,
)
from tests.together import together
from tests.told import told
from users import services
from users.models import Token, User
from users.tokens import authenticate

pytestmark = pytest.mark.usefixtures("assert_nothing_outside")


def builtin() -> User:
    found: User = User.objects.get(is_builtin=True)
    return found


def test_creating_and_changing_are_told_as_of_a_service_account() -> None:
    with told() as events:
        bot = services.create_service_account(
            by=SYSTEM, username="release-bot", name="release-bot", role=developer_role()
        )
        services.change_service_account(bot, by=SYSTEM, username="bot", name="Bot", description="Releases.")
        services.change_default_role(bot, by=SYSTEM, role=role("Tester"))
        services.deactivate_user(bot, by=SYSTEM)
        services.activate_user(bot, by=SYSTEM)
    told_of_bot = [event for event in events if event.activity.startswith("users.service_account.")]
    assert [event.sentence for event in told_of_bot] == [
        "Service account 'release-bot' (release-bot) created. Default role is 'Developer'",
        "Service account 'Bot' (bot) updated.",
        "Service account 'Bot' (bot) updated. Role changed from 'Developer' to 'Tester'",
        "Service account 'Bot' (bot) deactivated",
        "Service account 'Bot' (bot) activated",
    ]
    assert told_of_bot[1].fields == {"name", "username", "description"}


def test_a_token_opens_the_door_and_is_kept_as_a_hash() -> None:
    bot, ada = service_account(), administrator()
    with told() as events:
        token, text = services.issue_token(bot, by=ada)
    prefix, key, secret = text.split("_", 2)
    assert (prefix, key) == ("ac", token.key.hex)
    assert len(secret) == 43
    assert token.digest == sha256(secret.encode()).hexdigest()
    assert token.expires_at - token.created_at == timedelta(days=90)
    caller = authenticate(text, "read")
    assert caller
    assert (caller.user, caller.token) == (bot, token)
    (event,) = events
    assert event.sentence == (
        f"Token {token.name} issued for service account 'release-bot' (release-bot), "
        f"valid until {token.expires_at:%Y-%m-%d %H:%M} UTC"
    )
    assert event.subjects == ("release-bot",)
    assert event.fields == {"tokens"}


def test_no_token_text_or_hash_is_anywhere_in_the_record(caplog: pytest.LogCaptureFixture) -> None:
    bot = service_account()
    issued = [services.issue_token(bot, by=SYSTEM), services.rotate_token(bot, by=SYSTEM)]
    services.revoke_token(issued[0][0], by=SYSTEM)
    written = "".join(Event.objects.values_list("details", flat=True)) + caplog.text
    for token, text in issued:
        assert text.split("_", 2)[2] not in written
        assert token.digest not in written


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "Bearer " + text,
        lambda text: text[:-1],
        lambda text: text + "x",
        lambda text: text.upper(),
        lambda text: text.replace("ac_", "xx_", 1),
        lambda text: "ac_" + uuid4().hex + "_" + text.split("_", 2)[2],
    ],
)
def test_a_spoilt_token_opens_nothing(spoil: Callable[[str], str]) -> None:
    _, text = services.issue_token(service_account(), by=SYSTEM)
    assert authenticate(spoil(text), "read") is None


@pytest.mark.parametrize(
    "text",
    ["", "ac", "ac__", "ac_" + "z" * 32 + "_secret", "ac_" + "0" * 32 + "_\ud800\0", "x" * 100_000],
)
def test_anything_else_opens_nothing(text: str) -> None:
    services.issue_token(service_account(), by=SYSTEM)
    assert authenticate(text, "read") is None


def test_an_unknown_name_costs_the_same_queries_as_a_wrong_secret(django_assert_num_queries: Any) -> None:
    _, text = services.issue_token(service_account(), by=SYSTEM)
    for wrong in (text + "x", f"ac_{uuid4().hex}_secret", "junk"):
        with django_assert_num_queries(1):
            assert authenticate(wrong, "read") is None


def test_an_expired_a_revoked_and_an_inactive_accounts_token_open_nothing() -> None:
    bot = service_account()
    revoked, revoked_text = services.issue_token(bot, by=SYSTEM)
    _, text = services.issue_token(bot, by=SYSTEM)
    with told() as events:
        services.revoke_token(revoked, by=administrator())
    assert (
        events[-1].sentence == f"Token {revoked.name} of service account 'release-bot' (release-bot) revoked"
    )
    assert authenticate(revoked_text, "read") is None
    services.deactivate_user(bot, by=SYSTEM)
    assert authenticate(text, "read") is None
    services.activate_user(bot, by=SYSTEM)
    assert authenticate(text, "read") is not None
    in_a_year = timezone.now() + timedelta(days=91)
    assert not Token.objects.usable(in_a_year).exists()


def test_a_revoked_token_cannot_be_revoked_again() -> None:
    token, _ = services.issue_token(service_account(), by=SYSTEM)
    outcomes = together(*[lambda: services.revoke_token(Token.objects.get(pk=token.pk), by=SYSTEM)] * 2)
    (fault,) = [one for one in outcomes if isinstance(one, Exception)]
    assert isinstance(fault, ValidationError)


def test_rotation_lets_the_earlier_tokens_work_a_while_and_tells_how_long() -> None:
    bot = service_account()
    old, old_text = services.issue_token(bot, by=SYSTEM)
    with told() as events:
        new, new_text = services.rotate_token(bot, by=SYSTEM, days=30)
    old.refresh_from_db()
    assert old.expires_at == new.created_at + timedelta(hours=24)
    assert authenticate(old_text, "read")
    assert authenticate(new_text, "read")
    (event,) = events
    assert event.sentence == (
        f"Token {new.name} issued for service account 'release-bot' (release-bot), "
        f"valid until {new.expires_at:%Y-%m-%d %H:%M} UTC; "
        f"earlier ones end by {old.expires_at:%Y-%m-%d %H:%M} UTC"
    )
    assert event.fields == {"tokens"}


def test_rotation_never_lengthens_a_life() -> None:
    bot = service_account()
    short, _ = services.issue_token(bot, by=SYSTEM, days=1)
    services.rotate_token(bot, by=SYSTEM, overlap_hours=48)
    before = short.expires_at
    short.refresh_from_db()
    assert short.expires_at == before


def test_rotation_without_overlap_ends_the_earlier_ones_now() -> None:
    bot = service_account()
    _, old_text = services.issue_token(bot, by=SYSTEM)
    _, new_text = services.rotate_token(bot, by=SYSTEM, overlap_hours=0)
    assert authenticate(old_text, "read") is None
    assert authenticate(new_text, "read")


@pytest.mark.parametrize("days", [0, -1, 366, 10**12])
def test_a_token_lives_from_a_day_to_a_year(days: int) -> None:
    bot = service_account()
    for step in (services.issue_token, services.rotate_token):
        with pytest.raises(ValidationError, match="1 to 365"):
            step(bot, by=SYSTEM, days=days)
    with pytest.raises(ValidationError, match="0 to 168"):
        services.rotate_token(bot, by=SYSTEM, overlap_hours=169)


def test_the_last_use_is_written_at_most_every_minute(django_assert_num_queries: Any) -> None:
    token, text = services.issue_token(service_account(), by=SYSTEM)
    with told() as events:
        authenticate(text, "read")
        token.refresh_from_db()
        first = token.last_used_at
        assert first is not None
        with django_assert_num_queries(1):
            authenticate(text, "read")
        Token.objects.filter(pk=token.pk).update(last_used_at=first - timedelta(minutes=2))
        authenticate(text, "read")
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert token.last_used_at >= first
    assert events == []


def test_the_same_form_sent_twice_at_once_makes_one_token() -> None:
    bot, key = service_account(), uuid4()
    outcomes = together(*[lambda: services.issue_token(User.objects.get(pk=bot.pk), by=SYSTEM, key=key)] * 2)
    (fault,) = [one for one in outcomes if isinstance(one, Exception)]
    assert isinstance(fault, ValidationError)
    assert Token.objects.count() == 1


def test_an_inactive_account_gets_no_token() -> None:
    bot = service_account()
    services.deactivate_user(bot, by=SYSTEM)
    with pytest.raises(ValidationError, match="activate it"):
        services.issue_token(bot, by=SYSTEM)


def test_a_stranger_makes_and_ends_no_token() -> None:
    stranger, bot = person("stan.stranger"), service_account()
    token, text = services.issue_token(bot, by=SYSTEM)
    steps: list[Callable[[], Any]] = [
        lambda: services.issue_token(bot, by=stranger),
        lambda: services.rotate_token(bot, by=stranger),
        lambda: services.revoke_token(token, by=stranger),
    ]
    for step in steps:
        with told() as events, pytest.raises(Refused):
            step()
        assert [event.outcome for event in events] == ["refused"]
    assert authenticate(text, "read")


def test_one_key_sent_for_two_accounts_at_once_makes_one_token() -> None:
    accounts, key = [service_account("one-bot"), service_account("two-bot")], uuid4()
    outcomes = together(
        *[lambda one=one: services.issue_token(one, by=SYSTEM, key=key) for one in accounts],
        *[lambda one=one: services.rotate_token(one, by=SYSTEM, key=key) for one in accounts],
    )
    assert sum(isinstance(outcome, ValidationError) for outcome in outcomes) == 3, outcomes
    assert Token.objects.count() == 1


def test_the_builtin_administrator_cannot_be_changed_but_may_have_tokens() -> None:
    ada, account = administrator(), builtin()
    steps: list[Callable[[], Any]] = [
        lambda: services.change_service_account(account, by=ada, username="x", name="x"),
        lambda: services.change_default_role(account, by=ada, role=developer_role()),
        lambda: services.deactivate_user(account, by=ada),
        lambda: services.set_password(account, by=ada, password="Correct-Horse-9"),
    ]
    for step in steps:
        with told() as events, pytest.raises(ValidationError):
            step()
        assert events == []
    _, text = services.issue_token(account, by=ada)
    assert authenticate(text, "read")
