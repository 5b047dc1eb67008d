"""Signing in through the browser: people only, active ones only."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib.auth import hashers, login, logout, password_validation
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from audit.activity import Anonymous, System
from users import activities, lockout
from users.lockout import Attempt, TooManyAttempts
from users.models import User
from users.sessions import delete_expired

NOT_CURRENT = "This is not your current password."


class PersonBackend(BaseBackend):
    """Checks a person's password; takes as long for a name that nobody has."""

    @sensitive_variables("password")
    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002  (the shape of BaseBackend)
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        """Return the person, or None for every reason alike."""
        if username is None or password is None:
            return None
        person = _person_named(username)
        if person is None:
            User().set_password(password)  # the same work as checking one
            return None
        matches = hashers.check_password(password, person.password)
        if not matches or not person.is_active:
            return None
        _strengthen(person, password)
        _hold_to_the_rule(person, password)
        return person

    def get_user(self, user_id: UUID) -> User | None:
        """Return the person of a session, with the role that decides; nobody who was deactivated since."""
        person: User | None = User.objects.people().active().select_related("role").filter(pk=user_id).first()
        return person


def begin_sign_in(username: str) -> Attempt:
    """Count an attempt, before its password is looked at. Raises TooManyAttempts, on record."""
    return lockout.begin(username, _person_named(username))


def sign_in(person: User, *, request: HttpRequest, attempt: Attempt | None = None) -> None:
    """Begin a session under a new key, on record; the attempt no longer counts as failed.

    If it cannot be recorded, it does not begin.
    """
    with transaction.atomic():
        activities.signed_in.record(person, by=person)
        if attempt:
            lockout.succeed(attempt)
        delete_expired(timezone.now())
        login(request, person)


def record_failed_sign_in(username: str) -> None:
    """Record that nobody was let in; the person so named is a subject of the event. What was typed is not kept."""
    person = _person_named(username)
    activity = activities.sign_in_failed if person else activities.sign_in_failed_unknown
    activity.record(person, by=Anonymous())


@contextmanager
def proving(person: User) -> Iterator[None]:
    """Count guesses at the current password like those at the door: an open session that somebody else found gives no
    more of them. The attempt counts as failed if the block finds a fault in `current`.

    Raises ValidationError where one has to wait.
    """
    try:
        attempt = lockout.begin(person.username, person)
    except TooManyAttempts as error:
        raise ValidationError({"current": str(error)}) from error
    try:
        yield
    except ValidationError as error:
        if "current" not in getattr(error, "error_dict", {}):
            lockout.succeed(attempt)
        raise
    lockout.succeed(attempt)


@sensitive_variables("current")
def confirm(person: User, current: str) -> None:
    """Ask that whoever holds the open session knows the person's password. Raises ValidationError at `current`."""
    with proving(person):
        if not hashers.check_password(current, person.password):
            raise ValidationError({"current": NOT_CURRENT})


def sign_out(request: HttpRequest) -> None:
    """End the session, on record."""
    if isinstance(request.user, User):
        activities.signed_out.record(request.user, by=request.user)
    logout(request)


def _person_named(username: str) -> User | None:
    if "\0" in username:
        return None
    person: User | None = (
        User.objects.people().select_related("role").filter(username__iexact=username).first()
    )
    return person


@sensitive_variables("password")
def _strengthen(person: User, password: str) -> None:
    """Hash the password again if it was stored in a way that is not the first choice any more."""
    algorithm = hashers.identify_hasher(person.password)
    preferred = hashers.get_hasher()
    if algorithm.algorithm == preferred.algorithm and not preferred.must_update(person.password):
        return
    with activities.password_rehashed(person, by=person):
        person.set_password(password)
        person.save(update_fields=["password"])


@sensitive_variables("password")
def _hold_to_the_rule(person: User, password: str) -> None:
    """Demand another password if this one is older than the rule and does not meet it (LifeTime 11.26.2)."""
    if person.must_change_password:
        return
    try:
        password_validation.validate_password(password, person)
    except ValidationError:
        with activities.password_outgrown(person, by=System("password rule")):
            person.must_change_password = True
