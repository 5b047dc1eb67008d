"""Personal tokens: a person's own, limited by scope, ended by whoever may end their access, never shown twice."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from audit.activity import Refused
from audit.models import Event
from tests.factories import PASSWORD, SYSTEM, administrator, person, service_account
from tests.told import told
from users import services
from users.models import SignInAttempts, Token, User
from users.tokens import authenticate

ENVIRONMENTS = "/lifetimeapi/rest/v2/environments"


@pytest.fixture
def ana(assert_nothing_outside: None) -> User:
    return person("ana.lopes", password=PASSWORD)


def made(by: User, *scopes: str, **more: Any) -> tuple[Token, str]:
    return services.make_personal_token(by=by, label="laptop", scopes=scopes or ["record:read"], **more)


def call(text: str, address: str = ENVIRONMENTS) -> Any:
    return Client(headers={"Authorization": f"Bearer {text}"}).get(address)


def test_making_one_is_told_with_what_it_opens(ana: User) -> None:
    with told() as events:
        token, text = made(ana, "administer", "record:read", days=30)
    assert text.startswith(f"acp_{token.key.hex}_")
    assert (token.scopes, token.expires_at - token.created_at) == (
        ["record:read", "administer"],
        timedelta(days=30),
    )
    caller = authenticate(text, "read")
    assert caller
    assert (caller.user, caller.token) == (ana, token)
    (event,) = events
    assert event.sentence == (
        f"User 'Ana Lopes' (ana.lopes) made personal token acp_{token.key.hex[:8]}… 'laptop' to "
        f"read the record and administer, valid until {token.expires_at:%Y-%m-%d %H:%M} UTC"
    )
    assert event.fields == {"tokens"}


@pytest.mark.parametrize("scopes", [[], ["root"], ["record:read", "root"]])
def test_scopes_are_known_ones_also_to_the_database(ana: User, scopes: list[str]) -> None:
    with pytest.raises(ValidationError, match="record:read and administer"):
        services.make_personal_token(by=ana, label="laptop", scopes=scopes)
    token, _ = made(ana)
    with pytest.raises(IntegrityError), transaction.atomic():
        Token.objects.filter(pk=token.pk).update(scopes=scopes)


def test_a_token_has_a_name_and_a_service_account_makes_none_of_its_own(ana: User) -> None:
    with pytest.raises(ValidationError, match="Enter the name"):
        services.make_personal_token(by=ana, label=" ", scopes=["administer"])
    with pytest.raises((ValidationError, Refused)):
        made(service_account())
    with pytest.raises(ValidationError, match="they make tokens of their own"):
        services.issue_token(ana, by=SYSTEM)


def test_the_prefix_of_the_other_kind_opens_nothing(ana: User) -> None:
    _, personal = made(ana)
    _, service = services.issue_token(service_account(), by=SYSTEM)
    assert authenticate(personal.replace("acp_", "ac_", 1), "read") is None
    assert authenticate(service.replace("ac_", "acp_", 1), "read") is None


def test_the_lifetime_api_takes_only_one_that_administers_and_says_so(ana: User) -> None:
    _, reads = made(ana, "record:read")
    token, administers = made(ana, "administer")
    with told() as events:
        response = call(reads)
    assert response.status_code == 403
    assert response.json()["Errors"] == ["This token lacks the scope 'administer'."]
    assert [(event.outcome, event.subjects) for event in events] == [("refused", ("Ana Lopes",))]
    assert call(administers).status_code in {200, 204}
    stored = Event.objects.newest_first()[0]
    assert (stored.actor_key, stored.token_key) == (ana.pk, token.pk)


@pytest.mark.parametrize(
    ("scope", "address", "bucket"),
    [("record:read", ENVIRONMENTS, "lifetime"), ("administer", "/api/v1/events", "read")],
)
def test_calls_out_of_scope_have_an_end_too_and_cannot_fill_the_record(
    ana: User, settings: Any, scope: str, address: str, bucket: str
) -> None:
    settings.API_LIMITS = {**settings.API_LIMITS, bucket: (2, 3600)}
    _, text = made(ana, scope)
    with told() as events:
        statuses = [call(text, address).status_code for _ in range(4)]
    assert (statuses, len(events)) == ([403, 403, 429, 429], 2)


def test_deactivation_ends_it_for_good_and_tells(ana: User) -> None:
    token, text = made(ana)
    with told() as events:
        services.deactivate_user(ana, by=administrator())
    assert authenticate(text, "read") is None
    assert [event.sentence for event in events][-2:] == [
        f"Personal tokens of user 'Ana Lopes' (ana.lopes) revoked: {token.name}",
        "User 'Ana Lopes' (ana.lopes) deactivated",
    ]
    services.activate_user(ana, by=SYSTEM)
    assert authenticate(text, "read") is None


def test_oneself_and_who_manages_users_may_end_it_and_nobody_else(ana: User) -> None:
    (first, _), (second, _) = made(ana), made(ana)
    with pytest.raises(Refused):
        services.revoke_token(first, by=person("stan.stranger"))
    services.revoke_token(first, by=ana)
    with told() as events:
        services.revoke_token(second, by=administrator())
    assert [event.sentence for event in events][-1:] == [
        f"Personal token {second.name} of user 'Ana Lopes' (ana.lopes) revoked"
    ]


def test_a_use_is_noted_without_waiting_for_whoever_holds_the_token(ana: User) -> None:
    token, text = made(ana)
    holder = connection.copy()
    try:
        with holder.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM users_token WHERE key = %s FOR UPDATE", [token.pk])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        assert authenticate(text, "read") is not None
        with holder.cursor() as cursor:
            cursor.execute("ROLLBACK")  # a connection that is only closed keeps its locks a little longer
    finally:
        holder.close()
    authenticate(text, "read")
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_my_tokens_shows_a_new_one_once_and_what_is_mine(ana: User, client: Client) -> None:
    stranger, _ = services.make_personal_token(by=person("bo.chen"), label="not mine", scopes=["administer"])
    client.force_login(ana)
    url, data = (
        reverse("users:tokens"),
        {
            "label": "laptop",
            "scopes": ["record:read"],
            "days": "30",
            "key": str(uuid4()),
            "current": PASSWORD,
        },
    )
    response = client.post(url, data)
    text = response.context["text"]
    assert text in response.content.decode()
    again = client.post(url, data)
    assert (again.status_code, Token.objects.filter(user=ana).count()) == (422, 1)
    page = client.get(url).content.decode()
    assert text.split("_")[2] not in page
    assert "laptop" in page
    assert "not mine" not in page
    revoke = reverse("users:own_token_revoke", args=[Token.objects.get(user=ana).pk])
    assert client.post(revoke)["Location"] == url
    assert authenticate(text, "read") is None
    assert client.post(reverse("users:own_token_revoke", args=[stranger.pk])).status_code == 404


def test_an_open_session_alone_makes_no_token_and_guesses_no_more_than_at_the_door(
    assert_nothing_outside: None, client: Client
) -> None:
    client.force_login(administrator(password=PASSWORD))
    bot = service_account()
    sent = {"label": "laptop", "scopes": ["record:read"], "days": "30", "overlap_hours": "0"}

    def send(page: str, password: str) -> Any:
        url = reverse(f"users:{page}", args=[] if page == "tokens" else [bot.pk])
        return client.post(url, {**sent, "key": str(uuid4()), "current": password})

    pages, wrong, wait = (
        ("tokens", "token_issue", "token_rotate"),
        "not your current password.",
        "Too many failed",
    )
    for page in pages:
        assert send(page, "").status_code == 422
        assert wrong in send(page, "a guess").content.decode()
    for page in pages:
        assert wait in send(page, PASSWORD).content.decode()
    assert not Token.objects.exists()
    SignInAttempts.objects.all().delete()
    for page in pages:
        assert send(page, PASSWORD).status_code == 200
    assert Token.objects.count() == 3
    assert all(row.failures == [] for row in SignInAttempts.objects.all())


@pytest.mark.parametrize("tokens", [True, False])
def test_a_password_that_somebody_else_sets_ends_them_unless_they_are_to_live(
    ana: User, client: Client, tokens: bool
) -> None:
    token, text = made(ana)
    client.force_login(administrator())
    url, new = reverse("users:set_password", args=[ana.pk]), PASSWORD + "-new"
    assert client.get(url).context["form"]["tokens"].value() is True
    with told() as events:
        client.post(
            url, {"password": new, "again": new, "must_change": "on", **({"tokens": "on"} if tokens else {})}
        )
    assert [event.sentence for event in events] == [
        *[f"Personal tokens of user 'Ana Lopes' (ana.lopes) revoked: {token.name}"] * tokens,
        "Password of user 'Ana Lopes' (ana.lopes) set",
    ]
    services.change_own_password(by=User.objects.get(pk=ana.pk), current=new, new=PASSWORD)
    assert (
        authenticate(text, "read") is None
    ) == tokens  # also when the password that was demanded is chosen


@pytest.mark.parametrize("tokens", [True, False])
def test_ones_own_new_password_leaves_them_unless_asked(ana: User, client: Client, tokens: bool) -> None:
    _, text = made(ana)
    client.force_login(ana)
    assert not client.get("/password/").context["form"]["tokens"].value()
    new = {"current": PASSWORD, "password": PASSWORD + "-new", "again": PASSWORD + "-new"}
    assert client.post("/password/", {**new, **({"tokens": "on"} if tokens else {})}).status_code == 302
    assert (authenticate(text, "read") is None) == tokens


def test_deactivation_ends_also_those_that_wait_for_a_password(ana: User) -> None:
    _, text = made(ana)
    services.set_password(ana, by=SYSTEM, password=PASSWORD, must_change=True, tokens=False)
    services.deactivate_user(ana, by=SYSTEM)
    services.activate_user(ana, by=SYSTEM)
    services.change_own_password(by=User.objects.get(pk=ana.pk), current=PASSWORD, new=PASSWORD + "-new")
    assert authenticate(text, "read") is None


def test_my_tokens_asks_as_often_for_many_as_for_few(
    ana: User, client: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        made(ana)
    client.force_login(ana)
    with django_assert_max_num_queries(12):
        assert client.get(reverse("users:tokens")).status_code == 200
