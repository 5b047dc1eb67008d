"""Where the things are that events name: the pages and the logs that a reader may open."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Value
from django.urls import reverse

from audit.activity import Kind, kind_named, kinds
from audit.models import Event
from audit.rules import with_readable_log

LOGS_LIMIT = 10  # logs that an open row leads to
PAGE, LOG = "page", "log"
ACTORS = {"person": "user", "service": "service_account"}  # the kind of thing that an actor is
Thing = tuple[str, UUID]  # name of the kind, key


class Addresses:
    """Where the things are that some events name, so far as they still exist and the reader may see them: one query.

    A name leads to the thing's page, or, for those who may read its log but not open its page, to its log. Asked about
    are what is named in the sentences, whoever acted, and `also`; of the event `opened` all it is about.
    """

    def __init__(
        self, events: Iterable[Event], reader: Any, *, also: Iterable[Thing] = (), opened: Event | None = None
    ) -> None:
        self.reads_everything: bool = reader.has_perm("audit.view_all")
        named = {*also, *chain.from_iterable(_named(event) for event in events)}
        logged = set(subjects_of(opened)[:LOGS_LIMIT]) if opened else set()
        logged |= named if self.reads_everything else set()
        queries = [_among(kind, PAGE, kind.visible(reader), named) for kind in kinds()]
        queries += [_among(kind, LOG, with_readable_log(kind, reader), logged) for kind in kinds()]
        asked = [query for query in queries if query is not None]
        self._found: set[tuple[str, str, UUID]] = (
            set(asked[0].union(*asked[1:], all=True)) if asked else set()
        )

    def of(self, thing: Thing) -> str:
        """Return the address that the thing's name leads to, or nothing."""
        return self.of_page(thing) or self.of_log(thing)

    def of_page(self, thing: Thing) -> str:
        """Return the address of the thing's page, or nothing."""
        return kind_named(thing[0]).url(thing[1]) if (PAGE, *thing) in self._found else ""

    def of_log(self, thing: Thing) -> str:
        """Return the address of the thing's change log, or nothing. Who reads everything reads it also when the thing
        was deleted."""
        is_kept = self.reads_everything and any(kind.name == thing[0] for kind in kinds())
        is_open = is_kept or (LOG, *thing) in self._found
        return reverse("audit:change_log", args=thing) if is_open else ""

    def of_actor(self, event: Event) -> str:
        """Return where the name of whoever acted leads to, or nothing: automatic steps have no place."""
        actor = actor_of(event)
        return (self.of_page(actor) or self.of_activities(event)) if actor else ""

    def of_activities(self, event: Event) -> str:
        """Return the address of the activity log of whoever acted, or nothing."""
        actor = actor_of(event)
        is_open = actor is not None and self.reads_everything and (LOG, *actor) in self._found
        return reverse("audit:activity_log", args=actor) if is_open else ""


def subjects_of(event: Event) -> list[Thing]:
    """Return the things that the event is about, as its links number them."""
    return [(kind, UUID(key)) for kind, key, _ in event.body.get("subjects", [])]


def actor_of(event: Event) -> Thing | None:
    """Return the person or service account that acted, if it was one."""
    if event.actor_key is None or event.actor_kind not in ACTORS:
        return None
    return ACTORS[event.actor_kind], event.actor_key


def _named(event: Event) -> Iterator[Thing]:
    linked = {index for _, _, index in event.body.get("links", [])}
    yield from (thing for index, thing in enumerate(subjects_of(event)) if index in linked)
    if actor := actor_of(event):
        yield actor


def _among(kind: Kind, what: str, things: Any, wanted: set[Thing]) -> Any:
    """Return a query for those things of a kind that are wanted, as (what, kind, key); None if none is."""
    keys = {key for name, key in wanted if name == kind.name}
    if not keys:
        return None
    labelled = things.filter(pk__in=keys).order_by().annotate(what=Value(what), kind_name=Value(kind.name))
    return labelled.values_list("what", "kind_name", "pk")
