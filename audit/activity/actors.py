"""Who acts. Always a named argument (`by=`), never taken from a request or a thread: it decides permission."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

ActorKind = Literal["person", "service", "system", "database", "anonymous"]


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
    """An actor whose permissions the database knows: a step asks for them again when it holds the row it changes."""

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


def renewable(by: Any) -> Renewable | None:
    """Return the actor if it can be renewed; System and Anonymous never change."""
    return by if hasattr(by, "renewal") else None


def acting(by: Any) -> Actor:
    """Return who acts; a visitor who has not signed in is `Anonymous`."""
    actor: Actor = Anonymous() if getattr(by, "is_anonymous", False) else by
    return actor
