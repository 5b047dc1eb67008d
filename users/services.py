"""Everything one can do with people and service accounts. Tokens and signing in stand in their own files."""

from typing import Any
from zoneinfo import available_timezones

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.views.decorators.debug import sensitive_variables

from audit.activity import Actor
from infrastructure.entries import explained, line
from roles import granting
from roles.models import Role
from users import activities
from users.activities import account_activities
from users.lockout import unblock, unblock_address
from users.models import User
from users.sessions import end_session, end_sessions, sign_out_everywhere
from users.sign_in import NOT_CURRENT, begin_sign_in, record_failed_sign_in, sign_in, sign_out
from users.tokens import (
    issue_token,
    make_personal_token,
    renew_own_token,
    revoke_personal_tokens,
    revoke_token,
    rotate_token,
)

__all__ = [
    "activate_user",
    "begin_sign_in",
    "change_default_role",
    "change_own_password",
    "change_own_time_zone",
    "change_service_account",
    "change_user",
    "create_service_account",
    "create_user",
    "deactivate_user",
    "edit_user",
    "end_session",
    "issue_token",
    "make_personal_token",
    "record_failed_sign_in",
    "renew_own_token",
    "revoke_personal_tokens",
    "revoke_token",
    "rotate_token",
    "set_password",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "unblock",
    "unblock_address",
]

USERNAME_TAKEN = "There is an account of this username already. Choose another username."
# The record calls its automatic steps and its integrations by these names; nobody else may pass for them.
RESERVED_NAMES = {"administrator", "system"}


@sensitive_variables("password")
def create_user(
    *,
    by: Actor,
    username: str,
    name: str,
    role: Role,
    email: str = "",
    password: str = "",
    time_zone: str = "",
    is_active: bool = True,
    must_change: bool = False,
) -> User:
    """Create a person. Without a password they cannot sign in until one is set; with `must_change` they have to choose
    another when they first do. Raises ValidationError."""
    person = User(kind=User.Kind.PERSON, must_change_password=bool(password) and must_change)
    columns = _checked(person, username=username, name=name, email=email, time_zone=time_zone)
    return _create(person, columns, role, by=by, password=password, is_active=is_active)


def create_service_account(*, by: Actor, username: str, name: str, description: str = "", role: Role) -> User:
    """Create a service account. It has no password; its tokens are made apart. Raises ValidationError."""
    account = User(kind=User.Kind.SERVICE_ACCOUNT)
    columns = _checked(account, username=username, name=name, description=description)
    return _create(account, columns, role, by=by)


def change_user(user: User, *, by: Actor, name: str, email: str, username: str, time_zone: str) -> None:
    """Change what a person is called and where they are. Raises ValidationError."""
    _require_person(user)
    columns = _checked(user, username=username, name=name, email=email, time_zone=time_zone)
    _change(user, columns, by=by)


def edit_user(
    user: User, *, by: Actor, name: str, email: str, username: str, role: Role, is_active: bool
) -> None:
    """Change what a person is called, what they may do and whether they may act: all of it, or nothing.

    Raises ValidationError; Refused as `change_default_role` and `deactivate_user` do.
    """
    _require_person(user)
    columns = _checked(user, username=username, name=name, email=email)
    with _named_once(), activities.PERSON.updated(user, by=by):
        _write(user, columns)
        change_default_role(user, by=by, role=role)
        if is_active != user.is_active:
            (activate_user if is_active else deactivate_user)(user, by=by)


def change_service_account(
    account: User, *, by: Actor, username: str, name: str, description: str = ""
) -> None:
    """Change what a service account is called. Raises ValidationError."""
    if account.is_person:
        raise ValidationError(f"'{account}' is a person, not a service account.")
    _change(account, _checked(account, username=username, name=name, description=description), by=by)


def change_default_role(user: User, *, by: Actor, role: Role) -> None:
    """Give another default role, by somebody else and nowhere above their own. Raises ValidationError, Refused."""
    activity = account_activities(user).default_role_changed
    with explained(), activity(user, by=by, old=user.role, new=role) as step:
        _refuse_builtin(user)
        new = granting.locked(role)
        if new.pk == user.role_id:
            return
        step.facts["old"] = Role.objects.get(pk=user.role_id)  # as it is now that the row is locked
        _hold(by)
        granting.refuse_own(activity, user, user, by=by, old=user.role, new=new)
        granting.refuse_above(activity, user, new, by=by, old=user.role, new=new)
        user.role = new


def deactivate_user(user: User, *, by: Actor) -> None:
    """Shut an account: its sessions end and its tokens stop working at once, a person's for good. Nobody shuts their
    own."""
    activity = account_activities(user).deactivated
    with explained(), activity(user, by=by):
        _refuse_builtin(user)
        _hold(by)
        if user.pk == by.actor_key:
            activity.refuse(user, by=by, needs="somebody else: nobody deactivates their own account")
        revoke_personal_tokens(user, by=by)
        user.is_active = False
        end_sessions(user)


def activate_user(user: User, *, by: Actor) -> None:
    """Open an account again. A service account's unexpired tokens work again; nothing else does."""
    with account_activities(user).activated(user, by=by):
        user.is_active = True


@sensitive_variables("password")
def set_password(
    user: User, *, by: Actor, password: str, must_change: bool = False, tokens: bool = True
) -> None:
    """Give a person a password; their sessions end, and with `tokens` their personal tokens, for good.

    With `must_change` they choose another when they next sign in, and what tokens are left wait for that. Raises
    ValidationError, also for service accounts.
    """
    _require_person(user)
    _check_password(password, user)
    with activities.password_set(user, by=by):
        if user.pk == by.actor_key:
            needs = "your current password: change your own password on your password page"
            activities.password_set.refuse(user, by=by, needs=needs)
        user.set_password(password)
        user.must_change_password = must_change
        end_sessions(user)
        if tokens:
            revoke_personal_tokens(user, by=by)


@sensitive_variables("current", "new")
def change_own_password(
    *, by: User, current: str, new: str, session_key: str | None = None, tokens: bool = False
) -> None:
    """Change one's own password, knowing the current one; all sessions end but this one, and with `tokens` one's
    personal tokens. Raises ValidationError."""
    _check_password(new, by)
    with activities.password_changed(by, by=by):
        if not by.check_password(current):
            raise ValidationError({"current": NOT_CURRENT})
        if current == new:
            raise ValidationError({"password": "Choose a password other than the current one."})
        by.set_password(new)
        by.must_change_password = False
        end_sessions(by, but=session_key)
        if tokens:
            revoke_personal_tokens(by, by=by)


def change_own_time_zone(*, by: User, time_zone: str) -> None:
    """Choose the zone in which one reads times; empty is the console's. Raises ValidationError."""
    columns = _checked(by, time_zone=time_zone)
    with activities.time_zone_changed(by, by=by):
        by.time_zone = columns["time_zone"]


def _create(
    user: User,
    columns: dict[str, str],
    role: Role,
    *,
    by: Actor,
    password: str = "",
    is_active: bool = True,
) -> User:
    for column, value in columns.items():
        setattr(user, column, value)
    if password:
        _check_password(password, user)
    user.set_password(password or None)
    user.role = role
    created = account_activities(user).created
    with _named_once(), created(user, by=by, role=role):
        _check_username_is_free(user, user.username)
        user.role = granting.locked(role)
        granting.refuse_above(created, None, user.role, by=by, role=user.role)
        user.save(force_insert=True)
        if not is_active:
            deactivate_user(user, by=by)
    return user


def _change(user: User, columns: dict[str, str], *, by: Actor) -> None:
    with _named_once(), account_activities(user).updated(user, by=by):
        _write(user, columns)


def _write(user: User, columns: dict[str, str]) -> None:
    _refuse_builtin(user)
    _check_username_is_free(user, columns["username"])
    for column, value in columns.items():
        setattr(user, column, value)


def _hold(by: Actor) -> None:
    """Keep the actor's own account as it is until the step ends: of two who shut or demote each other at the same
    moment, only one does. Raises ValidationError if the account was changed since the actor began."""
    if not isinstance(by, User):
        return
    now = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if (now.is_active, now.role_id) != (by.is_active, by.role_id):
        raise ValidationError("Somebody just changed your own account, so nothing was done.")


def _named_once() -> Any:
    return explained("username_unique", username=USERNAME_TAKEN)


def _checked(user: User, **values: str) -> dict[str, str]:
    columns = {
        column: line(User, column, value, required=column in {"username", "name"})
        for column, value in values.items()
    }
    if email := columns.get("email"):
        _check_email(email)
    if columns.get("name", "").lower() in RESERVED_NAMES and not user.is_builtin:
        raise ValidationError(
            {"name": f"The record uses the name '{columns['name']}' itself. Choose another."}
        )
    if (zone := columns.get("time_zone")) and zone not in available_timezones():
        raise ValidationError({"time_zone": f"'{zone}' is no time zone. Write it as Europe/Lisbon."})
    return columns


def _check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": "Write the e-mail address as ana.lopes@example.com."}) from error


def _check_username_is_free(user: User, username: str) -> None:
    if User.objects.exclude(pk=user.pk).filter(username__iexact=username).exists():
        raise ValidationError({"username": USERNAME_TAKEN})


@sensitive_variables("password")
def _check_password(password: str, user: User) -> None:
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error


def _require_person(user: User) -> None:
    if not user.is_person:
        raise ValidationError(f"'{user}' is a service account: it has tokens, no password and no e-mail.")


def _refuse_builtin(user: User) -> None:
    if user.is_builtin:
        raise ValidationError(f"'{user}' is built in and cannot be changed.")
