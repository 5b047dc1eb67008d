"""Too many failed sign-ins: who has to wait, and for how long (lifetime.md, 4).

An attempt counts as failed from its beginning until it has succeeded. So many attempts at the same moment, in however
many processes, get no more guesses than one after the other; and nothing is locked while a password is checked. An
attempt that has to wait is not counted: nobody is kept out for ever by somebody else's trying. It is on record once a
minute for each person: whoever sends a hundred a second must not fill the record, from which nothing is ever removed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from audit.activity import Actor, AlreadyDone, Anonymous, current_origin
from audit.activity.origin import network
from infrastructure.models import ConsoleSettings
from users import activities
from users.models import SignInAttempts, User

Tiers = tuple[
    tuple[int, timedelta], ...
]  # (failures within the window, how long to wait after the last of them)
WINDOW = timedelta(minutes=60)
OF_A_PERSON: Tiers = ((3, timedelta(seconds=30)), (6, timedelta(minutes=30)))
OF_AN_ADDRESS: Tiers = ((20, timedelta(minutes=5)), (50, timedelta(minutes=60)))
TOLD_EVERY = timedelta(minutes=1)
PURGED_AT_ONCE = 50


class TooManyAttempts(Exception):
    """Nobody may try before `wait` has passed; it reads alike whether the person exists or not."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(too_many(wait))
        self.wait = wait
        self.seconds = ceil(wait.total_seconds())


@dataclass(frozen=True)
class Attempt:
    """A sign-in that has begun, and counts as failed until it has succeeded; `wait` is what follows if it fails."""

    address: str
    whose: str
    at: datetime
    wait: timedelta | None


@dataclass(frozen=True)
class Blocked:
    """An address from which nobody, or one person not, may sign in until `until`."""

    address: str
    failures: int
    last_at: datetime
    until: datetime
    user_agent: str


def begin(username: str, person: User | None, *, at: datetime | None = None) -> Attempt:
    """Count an attempt to sign in as `username`, which is `person`'s if anybody's.

    Raises TooManyAttempts, on record once a minute.
    """
    origin, begun = current_origin(), at or timezone.now()
    address, whose = network(origin.ip), _whose(username, person)
    with transaction.atomic():
        rows = _held(address, whose, user_agent=origin.user_agent, since=begun - WINDOW)
        now = _later_than_all(rows, begun)
        if not (wait := _wait(rows, now)):
            for row in rows:
                row.failures = [*(failure for failure in row.failures if failure > now - WINDOW), now]
                row.latest_at = now
            SignInAttempts.objects.bulk_update(rows, ["failures", "latest_at"])
            _purge(now)
            return Attempt(address, whose, now, _wait(rows, now))
        is_told = _is_told(rows, person, now)
    if is_told:
        raise TooManyAttempts(wait)
    if person:
        activities.sign_in_blocked.record(person, by=Anonymous(), address=address)
    else:
        activities.sign_in_blocked_unknown.record(None, by=Anonymous(), address=address)
    raise TooManyAttempts(wait)


def succeed(attempt: Attempt) -> None:
    """Take the attempt back: the person is in. What others tried from the address stays counted."""
    counted = SignInAttempts.objects.filter(address=attempt.address)
    remove = models.Func(models.F("failures"), models.Value(attempt.at), function="array_remove")
    counted.filter(whose="").update(failures=remove)
    counted.filter(whose=attempt.whose).update(failures=[])


def blocked_sign_ins(user: User) -> list[Blocked]:
    """Return the addresses from which the person may not sign in now, the latest attempt first."""
    return _blocked(SignInAttempts.objects.filter(whose=str(user.pk)))


def blocked_addresses() -> list[Blocked]:
    """Return the addresses from which nobody may sign in now, the latest attempt first."""
    return _blocked(SignInAttempts.objects.filter(whose=""))


def unblock(user: User, *, by: Actor, address: str | None = None) -> None:
    """Let the person sign in again from the address, or from all. Raises ValidationError where nothing is blocked."""
    activities.unblocked.ask(user, by=by)
    mine = SignInAttempts.objects.filter(whose=str(user.pk))
    with transaction.atomic():
        for row in _to_lift(mine if address is None else mine.filter(address=network(address)), str(user)):
            activities.unblocked.record(user, by=by, address=row.address)


def unblock_address(address: str, *, by: Actor) -> None:
    """Let people sign in again from the address. Raises ValidationError if it is not blocked."""
    activities.address_unblocked.ask(None, by=by)
    rows = SignInAttempts.objects.filter(whose="", address=network(address))
    infrastructure = ConsoleSettings.objects.get()
    with transaction.atomic():
        for row in _to_lift(rows, f"The address {address}"):
            facts = {"address": row.address, "infrastructure": infrastructure}
            activities.address_unblocked.record(None, by=by, **facts)


def blocked_until(failures: Iterable[datetime], tiers: Tiers) -> datetime | None:
    """Return when the next attempt may be made; None if there is nothing to wait for."""
    if not (known := list(failures)):
        return None
    last = max(known)
    count = sum(failure > last - WINDOW for failure in known)
    wait = dict(tiers).get(min(count, tiers[-1][0]))
    return last + wait if wait else None


def too_many(wait: timedelta) -> str:
    """Say that one has to wait, and how long."""
    seconds = max(1, ceil(wait.total_seconds()))
    minutes = ceil(seconds / 60)
    time = (
        f"{seconds} second{'s' * (seconds > 1)}" if seconds < 60 else f"{minutes} minute{'s' * (minutes > 1)}"
    )
    return f"Too many failed login attempts. Please try again in {time}."


def _whose(username: str, person: User | None) -> str:
    if person:
        return str(person.pk)
    return salted_hmac("users.lockout", _folded(username), algorithm="sha256").hexdigest()


def _folded(username: str) -> str:
    """Return the name without its letter case, as the database tells names apart: a spelling that counts as the same
    for those who exist and not for others (with a dotless i, say) would say who exists."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT upper(%s)", [username.replace("\0", "")])
        (folded,) = cursor.fetchone() or ("",)
    return str(folded)


def _held(address: str, whose: str, *, user_agent: str, since: datetime) -> list[SignInAttempts]:
    """Return the rows of the address and of the person there, made if missing, and kept from everybody else.

    Always in the same order, so that nobody waits in a circle. Without an address there is none to block.
    """
    rows = [
        SignInAttempts(address=address, whose=each, latest_at=since, user_agent=user_agent)
        for each in (["", whose] if address else [whose])
    ]
    SignInAttempts.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["address", "whose"], update_fields=["user_agent"]
    )
    held: list[SignInAttempts] = list(
        SignInAttempts.objects.filter(address=address, whose__in=[row.whose for row in rows])
    )
    return held


def _is_told(rows: list[SignInAttempts], person: User | None, now: datetime) -> bool:
    """Say whether such an attempt is on record for the last minute, and take note that it will be.

    Names that nobody has share the row of the address, and leave none of their own that holds nothing.
    """
    row = next((row for row in rows if bool(row.whose) == bool(person)), rows[0])
    is_told = row.latest_at not in row.failures and now - row.latest_at < TOLD_EVERY
    if not is_told:
        SignInAttempts.objects.filter(pk=row.pk).update(latest_at=now)
    SignInAttempts.objects.filter(pk__in=[one.pk for one in rows if one != row and not one.failures]).delete()
    return is_told


def _later_than_all(rows: Iterable[SignInAttempts], now: datetime) -> datetime:
    """Return the moment of this attempt: no two have the same, also where processes' clocks differ a little."""
    return max([now, *(failure + timedelta(microseconds=1) for row in rows for failure in row.failures)])


def _wait(rows: Iterable[SignInAttempts], now: datetime) -> timedelta | None:
    ends = [end for row in rows if (end := _end(row)) and end > now]
    return max(ends) - now if ends else None


def _end(row: SignInAttempts) -> datetime | None:
    return blocked_until(row.failures, OF_A_PERSON if row.whose else OF_AN_ADDRESS)


def _blocked(rows: Iterable[SignInAttempts]) -> list[Blocked]:
    now = timezone.now()
    found = [
        Blocked(row.address, len(row.failures), max(row.failures), end, row.user_agent)
        for row in rows
        if (end := _end(row)) and end > now
    ]
    return sorted(found, key=lambda one: one.last_at, reverse=True)


def _to_lift(rows: "models.QuerySet[SignInAttempts]", what: str) -> list[SignInAttempts]:
    now = timezone.now()
    held = rows.select_for_update().order_by("address", "whose")
    lifted = [row for row in held if (end := _end(row)) and end > now]
    if not lifted:
        raise AlreadyDone(f"{what} is not blocked any more.")
    SignInAttempts.objects.filter(pk__in=[row.pk for row in lifted]).update(failures=[])
    return lifted


def _purge(now: datetime) -> None:
    """Delete a few rows whose time is over, so that the table stays as small as the last hours were busy."""
    over = SignInAttempts.objects.filter(latest_at__lt=now - 2 * WINDOW).select_for_update(skip_locked=True)
    SignInAttempts.objects.filter(pk__in=over.order_by("latest_at").values("pk")[:PURGED_AT_ONCE]).delete()
