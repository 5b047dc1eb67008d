"""Too many failed sign-ins: LifeTime's tiers, whoever tries, from wherever, however many at once."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.activity import Origin, Refused, originating
from audit.activity.origin import network
from audit.models import Event
from tests.factories import PASSWORD, administrator, failed_sign_ins, person
from tests.together import together
from tests.told import told
from users import lockout, services
from users.lockout import Attempt, TooManyAttempts, blocked_addresses, blocked_sign_ins
from users.models import SignInAttempts, User

pytestmark = pytest.mark.usefixtures("assert_nothing_outside")

MINUTE = timedelta(minutes=1)
WRONG = "guessed"


@pytest.fixture
def andrea(assert_nothing_outside: None) -> User:
    return person("andrea.fleet", password=PASSWORD)


def enter(username: str = "andrea.fleet", password: str = WRONG, address: str = "10.0.0.1") -> Any:
    return Client(REMOTE_ADDR=address).post("/sign-in/", {"username": username, "password": password})


def words(response: Any) -> str:
    found = re.search(r'<ul class="errorlist nonfield.*?<li>(.*?)</li>', response.content.decode(), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("username", ["andrea.fleet", "nobody"])
def test_the_third_failure_means_waiting_also_with_the_right_password_and_for_nobody(
    andrea: User, username: str
) -> None:
    assert [words(enter(username)) for _ in range(3)] == [
        "Invalid username or password.",
        "Invalid username or password.",
        "Invalid username or password. Too many failed login attempts. Please try again in 30 seconds.",
    ]
    with told() as events:
        blocked = enter(username.upper(), PASSWORD)
    assert blocked.status_code == 429
    assert 1 <= int(blocked["Retry-After"]) <= 30
    assert re.fullmatch(r"Too many failed login attempts. Please try again in \d+ seconds?.", words(blocked))
    (event,) = events
    who = "User 'Andrea Fleet' (andrea.fleet) was" if username == "andrea.fleet" else "Somebody was"
    assert event.sentence == f"{who} kept from logging in from '10.0.0.1': too many failed attempts"
    assert event.outcome == "refused"
    assert enter(password=PASSWORD, address="10.0.0.2").status_code == 302


# what upper and lower case disagree on
@pytest.mark.parametrize(("letter", "plain"), [("\u0131", "i"), ("\u00df", "ss")])
def test_no_odd_spelling_tells_whether_somebody_exists(andrea: User, letter: str, plain: str) -> None:
    person(f"ha{plain}on")
    told_of = []
    for known, address in (("ha", "10.0.0.1"), ("ho", "10.0.0.2")):
        tries = [f"{known}{plain}on", f"{known}{plain}on", f"{known}{letter}on"]
        told_of.append([words(enter(name, address=address)) for name in tries])
    assert told_of[0] == told_of[1]


def test_waiting_attempts_are_on_record_once_a_minute_and_leave_no_rows(andrea: User) -> None:
    person("bo.chen")
    failed_sign_ins(20, address="10.0.0.1")
    rows = SignInAttempts.objects.count()
    with told() as events:
        for name in ("andrea.fleet", "x1", "bo.chen", "andrea.fleet", "x2", "x3", "bo.chen"):
            assert enter(name).status_code == 429
    assert [event.sentence.partition(" was kept")[0] for event in events] == [
        "User 'Andrea Fleet' (andrea.fleet)",
        "Somebody",
        "User 'Bo Chen' (bo.chen)",
    ]
    assert (
        SignInAttempts.objects.exclude(whose__in=[str(user.pk) for user in User.objects.all()]).count()
        == rows
    )
    later = timezone.now() + MINUTE
    with told() as events, pytest.raises(TooManyAttempts), originating(Origin("browser", ip="10.0.0.1")):
        lockout.begin("andrea.fleet", andrea, at=later)
    assert len(events) == 1


def test_an_open_session_gives_no_more_guesses_at_the_password_than_the_door(andrea: User) -> None:
    client, new = Client(REMOTE_ADDR="10.0.0.1"), f"{PASSWORD}-new"
    client.force_login(andrea)
    told_of = []
    for guess in ("a", "b", "c", PASSWORD):
        page = client.post("/password/", {"current": guess, "password": new, "again": new})
        told_of.append("Too many failed login attempts" in page.content.decode())
        assert page.status_code == 422
    assert told_of == [False, False, False, True]
    assert enter(password=PASSWORD).status_code == 429
    SignInAttempts.objects.all().delete()
    client.force_login(andrea)
    for _ in range(4):  # a fault in the new password is no guess at the current one
        client.post("/password/", {"current": PASSWORD, "password": "short", "again": "short"})
    assert client.post("/password/", {"current": PASSWORD, "password": new, "again": new}).status_code == 302
    assert all(row.failures == [] for row in SignInAttempts.objects.all())


def test_whoever_is_kept_out_is_not_kept_out_longer_by_trying(andrea: User) -> None:
    failed_sign_ins(3, "andrea.fleet", address="10.0.0.1")
    (before,) = blocked_sign_ins(andrea)
    assert {enter(password=PASSWORD).status_code for _ in range(3)} == {429}
    assert blocked_sign_ins(andrea) == [before]


def test_success_forgets_ones_own_failures_and_not_those_of_others_from_the_address(andrea: User) -> None:
    enter("bo.chen")
    enter()
    enter()
    assert enter(password=PASSWORD).status_code == 302
    whole = SignInAttempts.objects.get(whose="")
    assert len(whole.failures) == 3
    assert SignInAttempts.objects.get(whose=str(andrea.pk)).failures == []


def test_many_guesses_at_once_are_no_more_than_one_after_the_other(andrea: User) -> None:
    answers = together(*[enter] * 10)
    assert sorted(answer.status_code for answer in answers) == [422] * 3 + [429] * 7


def test_a_password_that_is_right_counts_as_failed_only_while_it_is_looked_at(andrea: User) -> None:
    answers = together(*[lambda: enter(password=PASSWORD)] * 2)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert [row.failures for row in SignInAttempts.objects.all()] == [[], []]


def test_the_tiers_one_after_the_other() -> None:
    began = datetime(2026, 11, 23, tzinfo=UTC)
    failures = [began + number * timedelta(seconds=1) for number in range(60)]

    def waits(tiers: lockout.Tiers) -> dict[int, int]:
        ends = {count: lockout.blocked_until(failures[:count], tiers) for count in range(1, 53)}
        return {count: int((end - failures[count - 1]).total_seconds()) for count, end in ends.items() if end}

    assert waits(lockout.OF_A_PERSON) == {3: 30, **dict.fromkeys(range(6, 53), 1800)}
    assert waits(lockout.OF_AN_ADDRESS) == {20: 300, 50: 3600, 51: 3600, 52: 3600}


def test_an_address_of_many_failures_lets_nobody_in_and_others_do(andrea: User) -> None:
    failed_sign_ins(20, address="10.0.0.1")
    assert [(one.address, one.failures) for one in blocked_addresses()] == [("10.0.0.1", 20)]
    assert words(enter(password=PASSWORD)).endswith("in 5 minutes.")
    assert enter(password=PASSWORD, address="10.0.0.2").status_code == 302


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::/64", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert network(address) == counted


def test_no_typed_name_is_kept(andrea: User) -> None:
    enter("Sesame-Open-2")
    assert "esame" not in str(list(SignInAttempts.objects.values())) + "".join(
        Event.objects.values_list("details", flat=True)
    )


def test_unblocking_a_person_is_told_and_theirs_alone(andrea: User) -> None:
    bo, ada = person("bo.chen"), administrator()
    failed_sign_ins(3, "andrea.fleet", address="10.0.0.1")
    failed_sign_ins(3, "andrea.fleet", address="10.0.0.2")
    failed_sign_ins(3, "bo.chen", address="10.0.0.1")
    with pytest.raises(Refused):
        services.unblock(andrea, by=bo)
    with told() as events:
        services.unblock(andrea, by=ada, address="10.0.0.1")
    assert [event.sentence for event in events] == [
        "User 'Andrea Fleet' (andrea.fleet) unblocked for IP address '10.0.0.1'"
    ]
    assert enter(password=PASSWORD).status_code == 302
    assert enter(password=PASSWORD, address="10.0.0.2").status_code == 429
    assert len(blocked_sign_ins(bo)) == 1
    services.unblock(andrea, by=ada)
    assert blocked_sign_ins(andrea) == []
    with pytest.raises(ValidationError, match="not blocked any more"):
        services.unblock(andrea, by=ada)


def test_an_address_is_unblocked_on_its_page_and_a_person_on_theirs(client: Client, andrea: User) -> None:
    failed_sign_ins(20, address="2001:db8::1")
    failed_sign_ins(3, "andrea.fleet", address="10.0.0.1")
    client.force_login(administrator())
    assert "2001:db8::/64" in client.get("/blocked-addresses/").content.decode()
    client.post("/blocked-addresses/unblock/", {"address": "2001:db8::/64"})
    assert blocked_addresses() == []
    assert "10.0.0.1" in client.get(andrea.url).content.decode()
    client.post(f"{andrea.url}unblock/", {"address": "10.0.0.1"})
    assert blocked_sign_ins(andrea) == []
    late = client.post(f"{andrea.url}unblock/", {"address": "10.0.0.1"}, follow=True)
    assert (late.redirect_chain, "Nothing was done" in late.content.decode()) == ([(andrea.url, 302)], True)


def test_what_is_long_over_is_deleted(andrea: User) -> None:
    long_ago = timezone.now() - timedelta(days=1)
    with originating(Origin(channel="browser", ip="10.0.0.7")):
        lockout.begin("nobody", None, at=long_ago)
    enter()
    assert not SignInAttempts.objects.filter(address="10.0.0.7").exists()


class Oracle:
    """The rule as one would tell it, over the whole history and with no regard to cost."""

    def __init__(self) -> None:
        self.failures: list[tuple[datetime, str, str]] = []

    def wait(self, who: str, address: str, now: datetime) -> timedelta:
        waits = [timedelta(0)]
        for at, whose, place in self.failures:
            if place == address:
                hour = [f for f in self.failures if f[2] == place and at - 60 * MINUTE < f[0] <= at]
                mine = [f for f in hour if f[1] == whose]
                if len(hour) == 20:
                    waits.append(at + 5 * MINUTE - now)
                if len(hour) >= 50:
                    waits.append(at + 60 * MINUTE - now)
                if whose == who and len(mine) == 3:
                    waits.append(at + MINUTE / 2 - now)
                if whose == who and len(mine) >= 6:
                    waits.append(at + 30 * MINUTE - now)
        return max(waits)

    def forget(self, who: str, address: str, at: datetime) -> None:
        """Keep the failures as the address's alone, without the attempt that succeeded."""
        self.failures = [
            (f[0], "" if (f[1], f[2]) == (who, address) else f[1], f[2]) for f in self.failures if f[0] != at
        ]


STEPS = st.lists(
    st.tuples(
        st.sampled_from([1, 1, 1, 1, 20, 30, 31, 300, 301, 1800, 3600]),  # seconds since the step before
        st.sampled_from(["a", "b", *(f"nobody {number}" for number in range(30))]),
        st.sampled_from(["10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2"]),
        st.sampled_from([False, False, False, False, True]),  # the password was right
        st.integers(1, 3),  # how often
    ),
    max_size=70,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_the_wait_is_what_the_rule_says(andrea: User, steps: list[tuple[int, str, str, bool, int]]) -> None:
    now, oracle = datetime(2026, 11, 23, tzinfo=UTC), Oracle()
    with transaction.atomic():
        SignInAttempts.objects.all().delete()
        for seconds, who, address, right, times in steps:
            for _ in range(times):
                now += timedelta(seconds=seconds)
                _attempt(oracle, who, address, right=right, now=now)


def _attempt(oracle: Oracle, who: str, address: str, *, right: bool, now: datetime) -> None:
    expected = max(timedelta(0), oracle.wait(who, address, now))
    attempt, wait = _begun(who, address, now)
    assert wait == expected
    if attempt is None:
        return
    oracle.failures.append((now, who, address))
    assert (attempt.wait or timedelta(0)) == max(timedelta(0), oracle.wait(who, address, now))
    if right:
        lockout.succeed(attempt)
        oracle.forget(who, address, now)


def _begun(who: str, address: str, now: datetime) -> tuple[Attempt | None, timedelta]:
    with originating(Origin(channel="browser", ip=address)):
        try:
            return lockout.begin(who, None, at=now), timedelta(0)
        except TooManyAttempts as error:
            return None, error.wait
