"""Signing in and out: recorded, alike for every way of being wrong, and never a way around."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.db import connection
from django.test import Client
from django.urls import reverse

from audit.models import Event
from tests.factories import PASSWORD, SYSTEM, administrator, person, service_account
from tests.told import told
from users import services
from users.models import Session, User

pytestmark = pytest.mark.usefixtures("assert_nothing_outside")

DOOR = "/sign-in/"
WRONG = "Invalid username or password."


def enter(client: Client, username: str = "andrea.fleet", password: str = PASSWORD, **more: str) -> Any:
    return client.post(DOOR, {"username": username, "password": password, **more})


@pytest.fixture
def andrea(assert_nothing_outside: None) -> User:
    return person("andrea.fleet", password=PASSWORD)


def test_signing_in_is_told(client: Client, andrea: User) -> None:
    with told() as events:
        response = enter(client)
    assert (response.status_code, response["Location"]) == (302, reverse("start"))
    (event,) = events
    assert event.sentence == "User 'Andrea Fleet' (andrea.fleet) logged in"
    assert (event.outcome, event.subjects) == ("succeeded", ("Andrea Fleet",))
    stored = Event.objects.newest_first()[0]
    assert (stored.is_update, stored.channel, stored.actor_key) == (False, "browser", andrea.pk)


def test_any_letter_case_of_the_username(client: Client, andrea: User) -> None:
    assert enter(client, "ANDREA.Fleet").status_code == 302


@pytest.mark.parametrize("why", ["wrong", "inactive", "without a password"])
def test_a_failure_is_told_with_the_person_named(client: Client, andrea: User, why: str) -> None:
    if why == "inactive":
        services.deactivate_user(andrea, by=SYSTEM)
    if why == "without a password":
        person("bo.chen")
    username = "bo.chen" if why == "without a password" else "andrea.fleet"
    with told() as events:
        response = enter(client, username, PASSWORD if why == "inactive" else "wrong")
    assert response.status_code == 422
    assert WRONG in response.content.decode()
    (event,) = events
    assert event.outcome == "failed"
    assert event.sentence.endswith(f"({username}) failed to log in")
    assert len(event.subjects) == 1
    stored = Event.objects.newest_first()[0]
    assert (stored.actor_kind, stored.actor_key, stored.is_update) == ("anonymous", None, False)


@pytest.mark.parametrize("username", ["nobody", "release-bot", "Administrator", "My-Passw0rd-typed-here"])
def test_who_is_no_person_fails_as_somebody_unknown(client: Client, andrea: User, username: str) -> None:
    service_account()
    with told() as events:
        response = enter(client, username)
    assert (response.status_code, WRONG in response.content.decode()) == (422, True)
    (event,) = events
    assert event.sentence == "Somebody failed to log in with a username that no user has"
    assert event.subjects == ()


def test_a_service_account_never_signs_in_even_with_a_password(client: Client) -> None:
    from audit.activity import activities

    builtin = User.objects.get(is_builtin=True)
    with activities()["users.service_account.updated"](builtin, by=SYSTEM):
        builtin.set_password(PASSWORD)
        builtin.save(update_fields=["password"])
    assert enter(client, "Administrator").status_code == 422


def test_every_way_of_being_wrong_reads_the_same_and_costs_one_hash(
    client: Client, andrea: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.deactivate_user(person("bo.chen", password=PASSWORD), by=SYSTEM)
    person("carla.diaz")
    attempts = {
        "wrong": ("andrea.fleet", "wrong"),
        "inactive": ("bo.chen", PASSWORD),
        "without": ("carla.diaz", "wrong"),
        "unknown": ("nobody", "wrong"),
    }
    hashed: list[str] = []
    hasher = type(get_hasher())

    def counted(name: str) -> Callable[..., Any]:
        function = getattr(hasher, name)

        def count(*args: Any) -> Any:
            hashed.append(name)
            return function(*args)

        return count

    for name in ("encode", "verify"):
        monkeypatch.setattr(hasher, name, counted(name))
    answers, costs = set(), {}
    for name, (username, password) in attempts.items():
        hashed.clear()
        response = enter(client, username, password)
        costs[name] = len(hashed)
        answers.add(response.content.decode().replace(username, "?"))
    assert costs == dict.fromkeys(attempts, 1)
    # apart from the form's own token
    assert len({len(answer) for answer in answers}) == 1


def test_neither_password_nor_unknown_name_is_kept(
    client: Client, andrea: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    enter(client, "Sesame-Name-1", "Sesame-Open-2")
    enter(client, "andrea.fleet", "Sesame-Wrong-3")
    enter(client)
    written = "".join(Event.objects.values_list("details", flat=True)) + caplog.text
    for secret in ("Sesame", PASSWORD):
        assert secret not in written


def test_the_session_gets_a_new_key(client: Client, andrea: User) -> None:
    client.get(DOOR)
    session = client.session
    session["planted"] = "by somebody"
    session.save()
    before = session.session_key
    enter(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize(
    ("next_", "to"),
    [
        ("/users/?role=1", "/users/?role=1"),
        ("", "/start/"),
        ("https://evil.example/", "/start/"),
        ("//evil.example/", "/start/"),
        ("/\\evil.example", "/start/"),
        ("javascript:alert(1)", "/start/"),
        ("http:///evil.example", "/start/"),
        ("users", "/start/"),  # a word, not an address
        ("evil.example", "/start/"),
    ],
)
def test_one_goes_on_only_within_this_host(client: Client, andrea: User, next_: str, to: str) -> None:
    assert enter(client, next=next_)["Location"] == to
    assert client.get(DOOR, {"next": next_})["Location"] == to


def test_whoever_is_not_signed_in_is_sent_to_the_door_and_back(client: Client, andrea: User) -> None:
    response = client.get("/profile/")
    assert response["Location"] == "/sign-in/?next=/profile/"
    page = client.get(response["Location"]).content.decode()
    assert '<input type="hidden" name="next" value="/profile/">' in page


def test_signing_out_is_told_and_only_by_post(client: Client, andrea: User) -> None:
    enter(client)
    assert client.get("/sign-out/").status_code == 405
    with told() as events:
        assert client.post("/sign-out/")["Location"] == DOOR
    assert [event.sentence for event in events] == ["User 'Andrea Fleet' (andrea.fleet) logged out"]
    assert client.get("/profile/").status_code == 302


def test_the_door_needs_the_forms_own_token() -> None:
    client = Client(enforce_csrf_checks=True)
    assert enter(client).status_code == 403


def test_deactivating_ends_every_session_for_good(client: Client, andrea: User) -> None:
    enter(client)
    services.deactivate_user(andrea, by=SYSTEM)
    assert client.get("/profile/").status_code == 302
    services.activate_user(andrea, by=SYSTEM)
    assert client.get("/profile/").status_code == 302


def test_another_password_ends_all_sessions_but_the_one_that_chose_it(client: Client, andrea: User) -> None:
    other, new = Client(), PASSWORD + "-new"
    enter(client)
    enter(other)
    before = client.session.session_key
    response = client.post("/password/", {"current": PASSWORD, "password": new, "again": new})
    assert response["Location"] == "/profile/"
    assert client.session.session_key != before
    assert client.get("/profile/").status_code == 200
    assert other.get("/profile/").status_code == 302
    services.set_password(andrea, by=administrator(), password=PASSWORD)
    assert client.get("/profile/").status_code == 302


def test_a_password_stored_in_an_older_way_is_stored_anew_and_it_is_told(
    client: Client, andrea: User
) -> None:
    from audit.activity import Activity, activities

    older: Activity = activities()["users.user.password_set"]
    with older(andrea, by=SYSTEM):
        andrea.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)
        andrea.save(update_fields=["password"])
    with told() as events:
        assert enter(client).status_code == 302
    assert [event.sentence for event in events] == [
        "Stored password of user 'Andrea Fleet' (andrea.fleet) strengthened",
        "User 'Andrea Fleet' (andrea.fleet) logged in",
    ]
    andrea.refresh_from_db()
    assert andrea.password.startswith("argon2")


def test_no_sign_in_without_a_record(client: Client, andrea: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event RENAME TO gone")
    assert enter(client).status_code == 503
    assert not Session.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE gone RENAME TO audit_event")
