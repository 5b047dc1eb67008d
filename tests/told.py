"""What the record tells of a step, in the order in which it was written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from audit.models import Event


@dataclass(frozen=True)
class Told:
    """An event as a test reads it."""

    activity: str
    sentence: str
    outcome: str
    subjects: tuple[str, ...]
    fields: frozenset[str]
    changes: dict[str, Any]
    reason: str


@contextmanager
def told() -> Iterator[list[Told]]:
    """Collect the events that the block adds to the record, the witness's included."""
    last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    events: list[Told] = []
    yield events
    events += [_told(event) for event in Event.objects.filter(pk__gt=last).order_by("pk")]


def _told(event: Event) -> Told:
    return Told(
        activity=event.activity,
        sentence=event.sentence,
        outcome=event.outcome,
        subjects=tuple(label for _, _, label in event.body.get("subjects", ())),
        fields=frozenset(event.changed_fields),
        changes={label: tuple(pair) for label, pair in event.body.get("changes", {}).items()},
        reason=event.body.get("reason", ""),
    )
