"""Browser sessions: whose they are, what ends them, and that their keys are nobody's business."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.activity import Refused
from tests.factories import PASSWORD, SYSTEM, administrator, person
from tests.forms.pages import form_at
from tests.told import told
from users import services
from users.browsers import named_browser
from users.models import Session, User
from users.tokens import authenticate

pytestmark = pytest.mark.usefixtures("assert_nothing_outside")

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"


@pytest.fixture
def andrea(assert_nothing_outside: None) -> User:
    return person("andrea.fleet", password=PASSWORD)


def signed_in(address: str = "10.0.0.1", browser: str = FIREFOX, user: str = "andrea.fleet") -> Client:
    client = Client(headers={"User-Agent": browser}, REMOTE_ADDR=address)
    assert client.post("/sign-in/", {"username": user, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (EDGE, "Edge on Windows"),
        (PHONE, "Safari on iPhone"),
        ("curl/8.5.0", "curl"),
        ("", "An unknown program"),
    ],
)
def test_a_browser_in_words(user_agent: str, name: str) -> None:
    assert named_browser(user_agent) == name


def test_my_sessions_shows_mine_with_this_one_marked_and_no_keys(
    andrea: User, django_assert_max_num_queries: Any
) -> None:
    here, _ = signed_in(), signed_in("10.0.0.2", EDGE)
    person("bo.chen", password=PASSWORD)
    signed_in("10.0.0.3", PHONE, "bo.chen")
    with django_assert_max_num_queries(12):
        page = here.get("/profile/sessions/").content.decode()
    for shown in ("Firefox on Linux", "10.0.0.1", "Edge on Windows", "10.0.0.2"):
        assert shown in page
    places = [page.index(words) for words in ("Firefox on Linux", "this session", "Edge on Windows")]
    assert places == sorted(places)
    assert "10.0.0.3" not in page
    assert not [key for key in Session.objects.values_list("session_key", flat=True) if key in page]


def test_being_seen_is_noted_once_a_minute_and_the_beginning_stays(
    andrea: User, django_assert_num_queries: Any
) -> None:
    client = signed_in()
    session = Session.objects.get(user=andrea)
    past = timezone.now() - timedelta(minutes=5)
    Session.objects.update(created_at=past, last_seen_at=past, address="10.0.0.9")
    client.get("/profile/")
    again = Session.objects.get(user=andrea)
    assert (again.key, again.created_at, again.address) == (session.key, past, "10.0.0.1")
    assert again.last_seen_at > past
    client.get("/profile/")
    assert Session.objects.get(user=andrea).last_seen_at == again.last_seen_at


def test_one_ends_a_session_of_ones_own_and_of_nobody_else(andrea: User) -> None:
    here, other = signed_in(), signed_in("10.0.0.2", EDGE)
    person("bo.chen", password=PASSWORD)
    strangers = signed_in(user="bo.chen")
    key = Session.objects.get(address="10.0.0.2").key
    assert strangers.post(f"/profile/sessions/{key}/end/").status_code == 404
    with told() as events:
        assert here.post(f"/profile/sessions/{key}/end/")["Location"] == "/profile/sessions/"
    assert [event.sentence for event in events] == [
        "Session of user 'Andrea Fleet' (andrea.fleet) ended: Edge on Windows, '10.0.0.2'"
    ]
    assert (is_in(here), is_in(other), is_in(strangers)) == (True, False, True)
    with pytest.raises(Refused):
        services.end_session(Session.objects.filter(user=andrea)[0], by=person("stan.stranger"))


def test_ending_the_session_that_one_is_in_leads_out(andrea: User) -> None:
    here = signed_in()
    key = Session.objects.get(user=andrea).key
    form = form_at(here, f"/profile/sessions/{key}/end/")
    assert here.post(form.action, form.data)["Location"] == "/profile/sessions/"
    assert not is_in(here)
    assert not Session.objects.exists()


def test_signing_out_everywhere_ends_this_session_too_and_is_told(andrea: User) -> None:
    here, other = signed_in(), signed_in("10.0.0.2", EDGE)
    _, token = services.make_personal_token(by=andrea, label="laptop", scopes=["administer"])
    with told() as events:
        assert here.post("/profile/sessions/sign-out/")["Location"] == "/sign-in/"
    assert [event.sentence for event in events] == [
        "User 'Andrea Fleet' (andrea.fleet) logged out everywhere: 2 sessions ended"
    ]
    assert "signed out everywhere" in here.get("/sign-in/").content.decode()
    assert (is_in(here), is_in(other)) == (False, False)
    assert authenticate(token, "read") is not None


def test_an_administrator_signs_somebody_out_everywhere_and_with_the_tokens(andrea: User) -> None:
    theirs, ada = signed_in(), Client()
    _, token = services.make_personal_token(by=andrea, label="laptop", scopes=["administer"])
    ada.force_login(administrator())
    assert "1 browser session will end" in ada.get(f"{andrea.url}sign-out/").content.decode()
    with told() as events:
        ada.post(f"{andrea.url}sign-out/", {"tokens": "on"})
    first, second = (event.sentence for event in events)
    assert first == "User 'Andrea Fleet' (andrea.fleet) was logged out everywhere: 1 session ended"
    assert second.startswith("Personal tokens of user 'Andrea Fleet' (andrea.fleet) revoked: acp_")
    assert not is_in(theirs)
    assert authenticate(token, "read") is None
    with pytest.raises(Refused):
        services.sign_out_everywhere(andrea, by=person("stan.stranger"))


def test_another_password_and_deactivation_delete_the_sessions(andrea: User) -> None:
    signed_in()
    services.set_password(andrea, by=SYSTEM, password=PASSWORD)
    assert not Session.objects.filter(user=andrea).exists()
    here, new = signed_in(), PASSWORD + "-new"
    signed_in("10.0.0.2")
    here.post("/password/", {"current": PASSWORD, "password": new, "again": new})
    assert [session.address for session in Session.objects.filter(user=andrea)] == ["10.0.0.1"]
    services.deactivate_user(andrea, by=SYSTEM)
    assert not Session.objects.filter(user=andrea).exists()


def test_what_has_expired_opens_nothing_and_goes_when_somebody_signs_in(andrea: User) -> None:
    client = signed_in()
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_in(client)
    signed_in("10.0.0.2")
    assert [session.address for session in Session.objects.all()] == ["10.0.0.2"]


def test_a_session_ends_eight_hours_after_signing_in_however_busy(andrea: User) -> None:
    client, soon = signed_in(), timezone.now() + timedelta(minutes=5)
    Session.objects.update(expire_date=soon)
    signed_in("10.0.0.2")
    other = Session.objects.get(address="10.0.0.2").key
    form = form_at(client, f"/profile/sessions/{other}/end/")
    assert client.post(form.action, form.data).status_code == 302  # remembered in the session
    new = f"{PASSWORD}-new"
    assert client.post("/password/", {"current": PASSWORD, "password": new, "again": new}).status_code == 302
    assert [session.expire_date for session in Session.objects.all()] == [soon]
