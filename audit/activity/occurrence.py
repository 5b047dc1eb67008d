"""What happened, as finished text: the one message that a performed activity sends."""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from django.dispatch import Signal

from audit.activity.actors import Actor
from audit.activity.origin import Origin

Outcome = Literal["succeeded", "failed", "refused"]
Value = str | int | None
Changes = dict[str, tuple[Value, Value]]
Statement = tuple[str, tuple[Any, ...]]  # SQL and its parameters

# Sent inside the transaction of the change, with `send`: if the record cannot be written, the change does not happen.
# sender: the Activity; occurrence: the Occurrence; change: the Statement that makes the change, if it is still to be
# executed, before the record is written; last: whether nothing follows in this transaction, so that the receiver may
# end it.
activity_performed = Signal()


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing the event is about, by the name it had at that moment."""

    kind: str
    key: UUID
    label: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An activity as performed. `links` are (start, end, index of the subject) within the sentence."""

    activity: str
    entity_kind: str
    entity: Subject | None
    by: Actor
    origin: Origin
    sentence: str
    subjects: tuple[Subject, ...]
    links: tuple[tuple[int, int, int], ...] = ()
    is_update: bool = True
    outcome: Outcome = "succeeded"
    changed_fields: tuple[str, ...] = ()
    changes: Changes = field(default_factory=dict)
    reason: str = ""
