"""A password that has to be changed: its holder does that first, and nothing else."""

import pytest
from django.test import Client

from tests.factories import PASSWORD, SYSTEM, administrator, person
from tests.told import told
from users import services
from users.models import User
from users.tokens import authenticate

pytestmark = pytest.mark.usefixtures("assert_nothing_outside")

NEW = PASSWORD + "-new"


@pytest.fixture
def andrea(assert_nothing_outside: None) -> User:
    return person("andrea.fleet", password=NEW)


@pytest.fixture
def demanded(andrea: User, client: Client) -> Client:
    """Andrea's browser, after an administrator has set her password and demanded another."""
    ada = Client()
    ada.force_login(administrator())
    sent = {"password": PASSWORD, "again": PASSWORD, "must_change": "on"}
    assert ada.post(f"{andrea.url}password/", sent).status_code == 302
    client.post("/sign-in/", {"username": "andrea.fleet", "password": PASSWORD})
    return client


def test_every_page_leads_to_the_one_that_changes_it_and_the_api_says_so(demanded: Client) -> None:
    for address in ("/", "/users/", "/profile/", "/profile/tokens/", "/audit-logs/"):
        assert demanded.get(address)["Location"] == "/password/"
        assert demanded.post(address)["Location"] == "/password/"
    answer = demanded.get("/api/v1/events")
    assert (answer.status_code, "change your password" in answer.content.decode()) == (403, True)
    page = demanded.get("/password/").content.decode()
    assert "Choose a password of your own" in page
    assert 'aria-label="Areas"' not in page
    assert demanded.post("/sign-out/")["Location"] == "/sign-in/"


def test_a_new_password_opens_the_console_and_it_is_told(demanded: Client, andrea: User) -> None:
    same = {"current": PASSWORD, "password": PASSWORD, "again": PASSWORD}
    assert demanded.post("/password/", same).status_code == 422
    with told() as events:
        assert demanded.post("/password/", {**same, "password": NEW, "again": NEW})["Location"] == "/"
    (event,) = events
    assert event.fields == {"password", "must_change_password"}
    assert demanded.get("/profile/").status_code == 200


def test_nothing_is_demanded_unless_the_administrator_asks(andrea: User, client: Client) -> None:
    services.set_password(andrea, by=SYSTEM, password=PASSWORD)
    client.post("/sign-in/", {"username": "andrea.fleet", "password": PASSWORD})
    assert client.get("/profile/").status_code == 200


def test_a_person_made_with_a_password_may_have_to_change_it(client: Client, andrea: User) -> None:
    client.force_login(administrator())
    made = {
        "name": "Bo",
        "username": "bo",
        "role": str(andrea.role_id),
        "password": PASSWORD,
        "again": PASSWORD,
    }
    assert client.post("/users/new/", {**made, "must_change": "on"}).status_code == 302
    assert client.post("/users/new/", {**made, "name": "Cy", "username": "cy"}).status_code == 302
    assert [User.objects.get(username=name).must_change_password for name in ("bo", "cy")] == [True, False]


def test_tokens_wait_for_the_change(andrea: User) -> None:
    _, text = services.make_personal_token(by=andrea, label="laptop", scopes=["administer"])
    services.set_password(andrea, by=SYSTEM, password=PASSWORD, must_change=True, tokens=False)
    assert authenticate(text, "read") is None
    andrea.refresh_from_db()
    services.change_own_password(by=andrea, current=PASSWORD, new=NEW)
    assert authenticate(text, "read") is not None


@pytest.mark.parametrize("weak", ["short-A1", "Password123456", "all-lower-case-1"])
def test_a_password_older_than_the_rule_has_to_be_changed(andrea: User, client: Client, weak: str) -> None:
    from audit.activity import activities

    with activities()["users.user.password_set"](andrea, by=SYSTEM):
        andrea.set_password(weak)
        andrea.save(update_fields=["password"])
    with told() as events:
        client.post("/sign-in/", {"username": "andrea.fleet", "password": weak})
    assert events[0].sentence == (
        "User 'Andrea Fleet' (andrea.fleet) has to change their password: it no longer meets the rule"
    )
    assert client.get("/")["Location"] == "/password/"
