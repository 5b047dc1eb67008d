"""Things that were deleted: what happened to them stays on record, for those who may read all of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404

from audit.activity import Kind, Subject
from audit.models import Event, EventSubject


@dataclass(frozen=True)
class Deleted:
    """A thing that is not there any more, by the name that the record knew last."""

    kind: Kind
    pk: UUID
    name: str

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> Subject:
        """The thing, as events name it."""
        return Subject(self.kind.name, self.pk, self.name)


def find_deleted(kind: Kind, key: str, *, reader: Any) -> Deleted:
    """Return the thing that once had this key. Raises Http404 if there is no such, and for whoever may not read
    everything: to them it never was."""
    if not reader.has_perm("audit.view_all"):
        raise Http404
    try:
        sought = UUID(key)
    except ValueError as error:
        raise Http404 from error
    if kind.model._default_manager.filter(pk=sought).exists():  # of the kind's neighbour in the same table
        raise Http404
    newest = EventSubject.objects.filter(kind=kind.name, entity_key=sought).order_by("-at", "-event_id")
    event = Event.objects.filter(pk__in=newest.values("event_id")[:1]).first()
    if event is None:
        raise Http404
    names = {(of, UUID(each)): label for of, each, label in event.body.get("subjects", [])}
    return Deleted(kind, sought, names.get((kind.name, sought), str(sought)))
