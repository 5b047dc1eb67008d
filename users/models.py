"""People and service accounts: one table, because both hold roles, and both act."""

import math
import time
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

import rules
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.urls import reverse
from django.utils import timezone

from audit.activity import SecretCharField
from audit.activity.actors import ActorKind
from roles.models import Role
from users import renewal
from users.browsers import named_browser

SOON = timedelta(days=14)  # how long before its end a token is said to end soon
SERVICE_PREFIX, PERSONAL_PREFIX = "ac", "acp"


class UserQuerySet(models.QuerySet["User"]):
    """Reads of people and service accounts."""

    def people(self) -> Self:
        """Keep the people."""
        return self.filter(kind=User.Kind.PERSON)

    def service_accounts(self) -> Self:
        """Keep the service accounts."""
        return self.filter(kind=User.Kind.SERVICE_ACCOUNT)

    def active(self) -> Self:
        """Keep those who may act."""
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> Self:
        """Users are seen by those who manage them."""
        return self if user.has_perm("users.manage") else self.none()

    def with_token_state(self, at: datetime) -> Self:
        """Annotate `usable_tokens`, how many of their tokens open the door at that instant, `works_until`, when the
        last of those ends, and `ends_soon`."""
        usable = models.Q(tokens__revoked_at=None, tokens__expires_at__gt=at)
        counted = self.annotate(
            usable_tokens=models.Count("tokens", filter=usable),
            works_until=models.Max("tokens__expires_at", filter=usable),
        )
        return counted.annotate(ends_soon=models.Q(works_until__lte=at + SOON))

    def matching(self, text: str) -> Self:
        """Keep those whose name, username or e-mail contains the text."""
        return self.filter(
            models.Q(name__icontains=text)
            | models.Q(username__icontains=text)
            | models.Q(email__icontains=text)
        )

    def in_order(self) -> Self:
        """Order by name."""
        return self.order_by(models.functions.Lower("name"), "username")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Finds users as they type their names: in any letter case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user with this name. Raises DoesNotExist."""
        user: User = self.get(username__iexact=username)
        return user


class User(AbstractBaseUser):
    """Somebody who acts: a person, or a service account of a program. Never deleted, only deactivated."""

    class Kind(models.TextChoices):
        PERSON = "user", "User"
        SERVICE_ACCOUNT = "service_account", "Service account"

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.PERSON, editable=False)
    username = models.CharField(max_length=100)
    name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    description = models.CharField(max_length=500, blank=True)
    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, related_name="users", verbose_name="default role"
    )
    is_active = models.BooleanField("active", default=True)
    is_builtin = models.BooleanField("built-in", default=False, editable=False)
    time_zone = models.CharField(max_length=50, blank=True)
    password = SecretCharField(max_length=128)
    must_change_password = models.BooleanField("has to change the password", default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = UserManager()

    USERNAME_FIELD = "username"
    read_at = -math.inf  # when the database last told the permissions of this instance, by time.monotonic()

    class Meta:
        constraints = [models.UniqueConstraint(models.functions.Lower("username"), name="username_unique")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        """Make the instance of a row that was read just now."""
        read = super().from_db(*args, **kwargs)
        read.read_at = time.monotonic()
        return read

    @property
    def is_person(self) -> bool:
        """Say whether this is a person rather than a service account."""
        return self.kind == self.Kind.PERSON

    @property
    def sort(self) -> str:
        """What sort of account it is, within a sentence: "user" or "service account"."""
        return self.Kind(self.kind).label.lower()

    @property
    def sort_first(self) -> str:
        """The same where a sentence begins with it."""
        return self.sort.capitalize()

    @property
    def actor_kind(self) -> ActorKind:
        """How the record calls this sort of actor."""
        return "person" if self.is_person else "service"

    @property
    def actor_key(self) -> UUID:
        """The key under which the record knows this actor for ever."""
        return self.key

    @property
    def actor_label(self) -> str:
        """The name the record shows."""
        return self.name

    @property
    def url(self) -> str:
        """The address of the account's page."""
        return reverse("users:detail" if self.is_person else "users:service_account", args=[self.key])

    def renewal(self) -> tuple[str, tuple[Any, ...]]:
        """Return the statement that asks what the account's permissions depend on."""
        return renewal.renewal(self)

    def renew(self, row: tuple[Any, ...] | None) -> None:
        """Take over what it found."""
        renewal.renew(self, row)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Answer a declared permission, about a thing where it is about one. Nobody inactive has any."""
        return self.is_active and bool(rules.has_perm(perm, self, obj))


class TokenQuerySet(models.QuerySet["Token"]):
    """Reads of tokens."""

    def usable(self, at: datetime) -> Self:
        """Keep the tokens that open the door at that instant."""
        mine = self.filter(user__is_active=True, user__must_change_password=False)
        return mine.filter(revoked_at=None, expires_at__gt=at)

    def in_order(self) -> Self:
        """Order by age, the newest first."""
        return self.order_by("-created_at", "key")


class Token(models.Model):
    """A key to the API, of a service account or of a person. Only its hash is kept: it is shown once, when it is made.

    `scopes` say what it opens: a service account's opens everything, a person's what its maker chose.
    """

    class Scope(models.TextChoices):
        READ_RECORD = "record:read", "Read the record"
        ADMINISTER = "administer", "Administer"

    class State(models.TextChoices):
        WORKS = "works"
        ENDS_SOON = "ends soon"
        EXPIRED = "expired"
        REVOKED = "revoked"

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField("name", max_length=100, blank=True)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope))
    digest = SecretCharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = TokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="token_scopes_known",
                condition=models.Q(scopes__contained_by=["record:read", "administer"], scopes__len__gt=0),
            )
        ]

    def __str__(self) -> str:
        return f"Token of {self.user}, made {self.created_at:%Y-%m-%d}"

    def state(self, at: datetime) -> State:
        """Say how the token itself stands at that instant."""
        if self.revoked_at is not None:
            return Token.State.REVOKED
        if self.expires_at <= at:
            return Token.State.EXPIRED
        return Token.State.ENDS_SOON if self.expires_at <= at + SOON else Token.State.WORKS

    @property
    def scope_labels(self) -> list[str]:
        """What it opens, in words."""
        return [Token.Scope(scope).label for scope in self.scopes]

    @property
    def prefix(self) -> str:
        """What every token of this sort begins with: a reader and a scanner for secrets tell them apart."""
        return PERSONAL_PREFIX if self.user.is_person else SERVICE_PREFIX

    @property
    def name(self) -> str:
        """How pages and the record tell this token from others: the beginning of its public part."""
        return f"{self.prefix}_{self.key.hex[:8]}…"


class SessionQuerySet(models.QuerySet["Session"]):
    """Reads of browser sessions."""

    def live(self, at: datetime) -> Self:
        """Keep those of somebody who is signed in at that instant, the one used last first."""
        return self.filter(user__isnull=False, expire_date__gt=at).order_by("-last_seen_at", "key")


class Session(AbstractBaseSession):
    """A browser session, in Django's shape, and whose it is. Its `session_key` opens it: pages name it by `key`."""

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    created_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=500, blank=True)

    objects: ClassVar[Any] = SessionQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"Session of {self.user}, since {self.created_at:%Y-%m-%d}"

    @property
    def browser(self) -> str:
        """The browser and the system it runs on, in words."""
        return named_browser(self.user_agent)


class SignInAttempts(models.Model):
    """Failed sign-ins of the last hour: from one address, or from one address as one person (users/lockout.py).

    `whose` is empty for the address as a whole, else the person's key; for a name that nobody has it is a keyed hash of
    it, because people type passwords into the wrong field.
    """

    address = models.CharField(max_length=45)
    whose = models.CharField(max_length=64, blank=True)
    failures = ArrayField(models.DateTimeField(), default=list)
    latest_at = models.DateTimeField(db_index=True)
    user_agent = models.CharField(max_length=500, blank=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address", "whose"], name="sign_in_attempts_counted_once")
        ]

    def __str__(self) -> str:
        return f"{len(self.failures)} failed sign-ins from {self.address}"
