"""Events as a log shows them: the sentence in pieces, with links and marks, and the particulars of the open one."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Value
from django.urls import reverse

from audit.activity import Kind, kind_named, kinds
from audit.models import Event

RELATED_LIMIT = 20  # events of one request that are listed; a role change can affect hundreds of people
LOGS_LIMIT = 10  # logs that an open row leads to
PAGE, LOG = "page", "log"
ACTORS = {"person": "user", "service": "service_account"}  # the kind of thing that an actor is
CHANNELS = {
    "browser": "browser",
    "api": "API",
    "lifetime-api": "LifeTime API",
    "command": "command on the server",
    "database": "database",
}
Thing = tuple[str, UUID]  # name of the kind, key


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence; with an address, a link."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A word beside a row, in one of the tones of components/badge.html."""

    text: str
    tone: str = ""


class Addresses:
    """Where the things are that some events name, so far as they still exist and the reader may see them: one query.

    Pages of what is named in the sentences and of `also`; of the event `opened` also the logs of all it is about.
    """

    def __init__(
        self, events: Iterable[Event], reader: Any, *, also: Iterable[Thing] = (), opened: Event | None = None
    ) -> None:
        named = {*also, *chain.from_iterable(_named(event) for event in events)}
        logged = set(_subjects(opened)[:LOGS_LIMIT]) if opened else set()
        self.reads_everything = reader.has_perm("audit.view_all")
        queries = [_among(kind, PAGE, kind.visible(reader), named) for kind in kinds()]
        queries += [_among(kind, LOG, self._readable(kind, reader), logged) for kind in kinds()]
        asked = [query for query in queries if query is not None]
        self._found: set[tuple[str, str, UUID]] = (
            set(asked[0].union(*asked[1:], all=True)) if asked else set()
        )

    def of(self, thing: Thing) -> str:
        """Return the address of the thing's page, or nothing."""
        return kind_named(thing[0]).url(thing[1]) if (PAGE, *thing) in self._found else ""

    def of_log(self, thing: Thing) -> str:
        """Return the address of the thing's change log, or nothing."""
        return reverse("audit:change_log", args=thing) if (LOG, *thing) in self._found else ""

    def of_actor(self, key: UUID | None) -> str:
        """Return the address of the page of whoever acted, or nothing: automatic steps have none."""
        things = ((kind.name, key) for kind in kinds() if kind.acts and key is not None)
        return next((url for thing in things if (url := self.of(thing))), "")

    def _readable(self, kind: Kind, reader: Any) -> Any:
        return kind.model._default_manager.all() if self.reads_everything else kind.readable(reader)


class Row:
    """An event in a log."""

    def __init__(self, event: Event, addresses: Addresses) -> None:
        self.event = event
        self._addresses = addresses

    @property
    def pieces(self) -> list[Piece]:
        """The sentence; names in it are links."""
        text, subjects, pieces, position = self.event.sentence, _subjects(self.event), [], 0
        for start, end, index in self.event.body.get("links", []):
            if position <= start < end <= len(text) and index < len(subjects):
                url = self._addresses.of(subjects[index])
                pieces += [Piece(text[position:start]), Piece(text[start:end], url)]
                position = end
        return [piece for piece in [*pieces, Piece(text[position:])] if piece.text]

    @property
    def actor_url(self) -> str:
        """The page of whoever acted."""
        return self._addresses.of_actor(self.event.actor_key)

    @property
    def actor_mark(self) -> Mark | None:
        """What sort of actor it is, unless a person."""
        return {
            "service": Mark("service account"),
            "database": Mark("outside the console", "warn"),
            "anonymous": Mark("not signed in"),
        }.get(self.event.actor_kind)

    @property
    def marks(self) -> list[Mark]:
        """What else is to be seen at a glance."""
        marks = []
        if self.event.outcome != "succeeded":
            marks.append(Mark(self.event.outcome, "bad"))
        if self.event.channel in {"api", "lifetime-api"}:
            marks.append(Mark("API"))
        if self.event.channel == "database":
            marks.append(Mark("database", "warn"))
        if self.event.body.get("cut"):
            marks.append(Mark("cut", "warn"))
        return marks

    @property
    def is_quiet(self) -> bool:
        """Reads and sign-ins that went as they should stand back behind changes."""
        return not self.event.is_update and self.event.outcome == "succeeded"


class Particulars:
    """What an open row shows: the changes, the origin, the other events of the same request, the logs it stands in."""

    def __init__(self, event: Event, addresses: Addresses, reader: Any) -> None:
        self.event = event
        self._addresses = addresses
        same = Event.objects.visible_to(reader).filter(request_id=event.request_id).exclude(pk=event.pk)
        related = list(same.order_by("at", "id")[: RELATED_LIMIT + 1])
        self.related, self.has_more_related = related[:RELATED_LIMIT], len(related) > RELATED_LIMIT

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """Field, old value, new value."""
        return [(label, old, new) for label, (old, new) in self.event.body.get("changes", {}).items()]

    @property
    def logs(self) -> list[Piece]:
        """The logs in which the event stands, as far as the reader may read them."""
        subjects = self.event.body.get("subjects", [])[:LOGS_LIMIT]
        logs = [
            Piece(f"change log of {label}", self._addresses.of_log((kind, UUID(key))))
            for kind, key, label in subjects
        ]
        if self._addresses.reads_everything and self.event.actor_kind in ACTORS:
            things = [ACTORS[self.event.actor_kind], self.event.actor_key]
            logs.append(
                Piece(f"activity log of {self.event.actor_label}", reverse("audit:activity_log", args=things))
            )
        return [log for log in logs if log.url]

    @property
    def channel(self) -> str:
        """The way it came, in words."""
        return CHANNELS.get(self.event.channel, self.event.channel)

    @property
    def cut(self) -> str:
        """The parts of the event that were too long to be kept whole."""
        return ", ".join(part.replace("_", " ") for part in self.event.body.get("cut", []))

    @cached_property
    def raw(self) -> str:
        """The event as JSON, all that is kept of it but the salt of its seal."""
        event = self.event
        facts = {
            "id": event.id,
            "at": event.at.isoformat(),
            "activity": event.activity,
            "actor_kind": event.actor_kind,
            "actor_key": event.actor_key,
            "entity_kind": event.entity_kind,
            "entity_key": event.entity_key,
            "is_update": event.is_update,
            "outcome": event.outcome,
            "channel": event.channel,
            "request_id": event.request_id,
            "token_key": event.token_key,
            "changed_fields": event.changed_fields,
            "details": event.body,
        }
        return json.dumps(facts, default=str, ensure_ascii=False, indent=2)


def _named(event: Event) -> Iterator[Thing]:
    linked = {index for _, _, index in event.body.get("links", [])}
    yield from (thing for index, thing in enumerate(_subjects(event)) if index in linked)
    if event.actor_key is not None:
        yield from ((kind.name, event.actor_key) for kind in kinds() if kind.acts)


def _subjects(event: Event) -> list[Thing]:
    return [(kind, UUID(key)) for kind, key, _ in event.body.get("subjects", [])]


def _among(kind: Kind, what: str, things: Any, wanted: set[Thing]) -> Any:
    """Return a query for those things of a kind that are wanted, as (what, kind, key); None if none is."""
    keys = {key for name, key in wanted if name == kind.name}
    if not keys:
        return None
    labelled = things.filter(pk__in=keys).order_by().annotate(what=Value(what), kind_name=Value(kind.name))
    return labelled.values_list("what", "kind_name", "pk")
