"""Who acts. Always a named argument (`by=`), never taken from a request or a thread: it decides permission."""

import time
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

ActorKind = Literal["person", "service", "system", "database", "anonymous"]
MOMENT = 0.1  # seconds; what two people do within it, nobody can tell the order of


class Actor(Protocol):
    """Whoever performs an activity: a person, a service account, `System`, or nobody known."""

    @property
    def actor_kind(self) -> ActorKind: ...
    @property
    def actor_key(self) -> UUID | None: ...
    @property
    def actor_label(self) -> str: ...
    def has_perm(self, perm: str, obj: Any = None) -> bool: ...


class Renewable(Protocol):
    """An actor whose permissions the database knows: a step asks for them again when it holds the row it changes,
    unless that was done a moment ago."""

    read_at: float  # by time.monotonic()

    def renewal(self) -> tuple[str, tuple[Any, ...]]:
        """Return the statement that asks what the permissions depend on."""
        ...

    def renew(self, row: tuple[Any, ...] | None) -> None:
        """Take over its only row; None where the actor is not there any more."""
        ...


@dataclass(frozen=True, slots=True)
class System:
    """The actor of automatic steps. Only code can be System, so everything is permitted to it.

    `reason` names the automatism ("plan worker"); it is kept with the event.
    """

    reason: str
    actor_kind: ActorKind = "system"
    actor_key: UUID | None = None
    actor_label: str = "System"

    def has_perm(self, perm: str, obj: Any = None) -> bool:  # noqa: ARG002  (the shape of Actor)
        return True


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Somebody who has not proven who they are, such as at a failed sign-in. Nothing is permitted to them."""

    actor_kind: ActorKind = "anonymous"
    actor_key: UUID | None = None
    actor_label: str = "Unknown"

    def has_perm(self, perm: str, obj: Any = None) -> bool:  # noqa: ARG002  (the shape of Actor)
        return False


def outdated(by: Any) -> Renewable | None:
    """Return the actor if what is known of them is more than a moment old; System and Anonymous never change."""
    return by if hasattr(by, "renewal") and time.monotonic() - by.read_at > MOMENT else None


def acting(by: Any) -> Actor:
    """Return who acts; a visitor who has not signed in is `Anonymous`."""
    actor: Actor = Anonymous() if getattr(by, "is_anonymous", False) else by
    return actor
