"""Tokens of service accounts and of people: made, shown once, kept as a hash, rotated, revoked, and recognised."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from audit.activity import Actor, AlreadyDone
from audit.activity.limits import Allowance
from infrastructure.entries import explained, line
from users import activities
from users.models import PERSONAL_PREFIX, SERVICE_PREFIX, Token, User
from users.token_lookup import find_usable

KINDS = {SERVICE_PREFIX: User.Kind.SERVICE_ACCOUNT, PERSONAL_PREFIX: User.Kind.PERSON}
SECRET_BYTES = 32
LONGEST_DAYS = 365
LONGEST_MONTHS = 12
DAYS_OF_A_MONTH = 30
LONGEST_OVERLAP_HOURS = 7 * 24
WRITTEN_AT_MOST_EVERY = timedelta(minutes=1)  # last_used_at: a read should rarely be a write
MADE_ALREADY = "This token was made already, and is shown only once. Make another if it was lost."
SERVICE_SCOPES = list(Token.Scope)


def issue_token(account: User, *, by: Actor, days: int = 90, key: UUID | None = None) -> tuple[Token, str]:
    """Make a token that works for `days` (1 to 365); return it with its text, which is kept nowhere.

    `key` is chosen by the caller who has to tell a form sent twice from two tokens. Raises ValidationError.
    """
    token, text = _new(account, days, key, SERVICE_SCOPES)
    facts = {"token": token.name, "until": _when(token.expires_at)}
    with _made_once(), activities.token_issued(account, by=by, **facts):
        _check(account, token)
        token.save(force_insert=True)
    return token, text


def rotate_token(
    account: User, *, by: Actor, days: int = 90, overlap_hours: int = 24, key: UUID | None = None
) -> tuple[Token, str]:
    """Make a token, and let all earlier ones of the account work for `overlap_hours` (0 to 168) more at most.

    Raises ValidationError.
    """
    if not 0 <= overlap_hours <= LONGEST_OVERLAP_HOURS:
        raise ValidationError({"overlap_hours": f"Choose an overlap of 0 to {LONGEST_OVERLAP_HOURS} hours."})
    token, text = _new(account, days, key, SERVICE_SCOPES)
    end = token.created_at + timedelta(hours=overlap_hours)
    overlap = f"by {_when(end)}" if overlap_hours else "now"
    facts = {"token": token.name, "until": _when(token.expires_at), "overlap": overlap}
    with _made_once(), activities.token_rotated(account, by=by, **facts):
        _check(account, token)
        _replace_earlier(account, token, end)
    return token, text


def renew_own_token(*, by: User, months: int) -> tuple[Token, str]:
    """Make a token of one's own service account that works for so many months (1 to 12); earlier ones end a day later.

    Raises ValidationError, also for people.
    """
    if by.is_person:
        raise ValidationError(f"'{by}' is a person: they make tokens of their own, in their profile.")
    if not 1 <= months <= LONGEST_MONTHS:
        raise ValidationError({"months": f"Choose a life of 1 to {LONGEST_MONTHS} months."})
    token, text = _new(by, months * DAYS_OF_A_MONTH, None, SERVICE_SCOPES)
    end = token.created_at + timedelta(days=1)
    facts = {"token": token.name, "until": _when(token.expires_at), "end": _when(end)}
    with activities.token_renewed(by, by=by, **facts):
        _check_may_be_made(by, token)
        _replace_earlier(by, token, end)
    return token, text


def make_personal_token(
    *, by: User, label: str, scopes: Sequence[str], days: int = 90, key: UUID | None = None
) -> tuple[Token, str]:
    """Make a token of one's own that opens what `scopes` name; return it with its text, which is kept nowhere.

    `key` as for `issue_token`. Raises ValidationError.
    """
    label, chosen = line(Token, "label", label, required=True), _known(scopes)
    token, text = _new(by, days, key, chosen)
    token.label = label
    facts = {
        "token": token.name,
        "label": label,
        "scopes": " and ".join(token.scope_labels).lower(),
        "until": _when(token.expires_at),
    }
    with _made_once(), activities.personal_token_made(by, by=by, **facts):
        if not by.is_person:
            raise ValidationError(f"'{by}' is a service account: its tokens are made on its own page.")
        _check_may_be_made(by, token)
        token.save(force_insert=True)
    return token, text


def revoke_token(token: Token, *, by: Actor) -> None:
    """Make a token stop working at once. Raises ValidationError if it was revoked already."""
    personal = token.user.is_person
    revoked = activities.personal_token_revoked if personal else activities.token_revoked
    with revoked(token.user, by=by, token=token.name):
        token.refresh_from_db(fields=["revoked_at"])
        if token.revoked_at is not None:
            raise AlreadyDone("This token was revoked already.")
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])


def revoke_personal_tokens(person: User, *, by: Actor) -> None:
    """Make all personal tokens of a person stop working, for good. Without any, nothing happens."""
    # also those that only wait, for a changed password or an active account
    living = list(person.tokens.filter(revoked_at=None, expires_at__gt=timezone.now()).in_order())
    if not living or not person.is_person:
        return
    with activities.personal_tokens_revoked(person, by=by, tokens=", ".join(token.name for token in living)):
        person.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


class Caller(NamedTuple):
    """Who calls an API, by which token, and what is left of the account's allowance after this call."""

    user: User
    token: Token
    allowance: Allowance


@sensitive_variables("text", "secret")
def authenticate(text: str, bucket: str) -> Caller | None:
    """Return the active person or service account whose token `text` is, having taken from their allowance in a bucket
    of settings.API_LIMITS; None for every reason alike, and then nothing is taken.

    What the token opens, its `scopes` say: whoever asks has to look at them. Raises RecordUnavailable.

    A name that no token has costs the same work as a wrong secret. What the database compares is the hash of 256 random
    bits, so how long it compares tells nothing that leads to them.
    """
    kind, key, secret = _parts(text)
    now = timezone.now()
    found = find_usable(key, _digest(secret), kind, now, bucket)
    if found is None:
        return None
    token, allowance = found
    if _is_stale(token, now):
        _note_use(token, now)
    return Caller(token.user, token, allowance)


def _is_stale(token: Token, now: datetime) -> bool:
    return token.last_used_at is None or now - token.last_used_at >= WRITTEN_AT_MOST_EVERY


def _note_use(token: Token, now: datetime) -> None:
    """Write down the use, unless somebody else is writing the row: then theirs is as good, and nobody waits."""
    with transaction.atomic():
        free = Token.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=token.pk)
        if any(_is_stale(one, now) for one in free):
            Token.objects.filter(pk=token.pk).update(last_used_at=now)
    token.last_used_at = now


@sensitive_variables("secret", "text")
def _new(account: User, days: int, key: UUID | None, scopes: Sequence[str]) -> tuple[Token, str]:
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationError({"days": f"Choose a life of 1 to {LONGEST_DAYS} days."})
    key, secret, now = key or uuid4(), secrets.token_urlsafe(SECRET_BYTES), timezone.now()
    end = now + timedelta(days=days)
    token = Token(
        key=key, user=account, digest=_digest(secret), created_at=now, expires_at=end, scopes=list(scopes)
    )
    return token, f"{token.prefix}_{key.hex}_{secret}"


def _replace_earlier(account: User, token: Token, end: datetime) -> None:
    """Save the token, and let the earlier ones work until `end` at most."""
    earlier = account.tokens.filter(revoked_at=None, expires_at__gt=end)
    if end > token.created_at:
        earlier.update(expires_at=end)
    else:
        earlier.update(revoked_at=token.created_at)
    token.save(force_insert=True)


def _known(scopes: Sequence[str]) -> list[str]:
    if not scopes or set(scopes) - set(Token.Scope):
        raise ValidationError({"scopes": f"Choose at least one of {' and '.join(Token.Scope)}."})
    return [scope for scope in Token.Scope if scope in scopes]


def _made_once() -> Any:
    # the index decides where the same key is sent for two accounts at once
    return explained("users_token_pkey", key=MADE_ALREADY)


def _check(account: User, token: Token) -> None:
    if account.is_person:
        raise ValidationError(f"'{account}' is a person: they make tokens of their own, in their profile.")
    _check_may_be_made(account, token)


def _check_may_be_made(account: User, token: Token) -> None:
    if not account.is_active:
        raise ValidationError(f"'{account}' is deactivated: activate it before it gets a token.")
    if Token.objects.filter(pk=token.pk).exists():
        raise ValidationError(MADE_ALREADY)


def _parts(text: str) -> tuple[str, UUID, str]:
    prefix, _, rest = text.partition("_")
    key, _, secret = rest.partition("_")
    try:
        return KINDS.get(prefix, ""), (UUID(hex=key) if len(key) == 32 else UUID(int=0)), secret
    except ValueError:
        return "", UUID(int=0), secret


@sensitive_variables("secret")
def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
