"""Events as a log shows them: the sentence in pieces, with links and marks, and the particulars of the open one."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Value

from audit.activity import Kind, kind_named, kinds
from audit.models import Event

RELATED_LIMIT = 20  # events of one request that are listed; a role change can affect hundreds of people
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
    """Where the things are that some events name, so far as they still exist and the reader may see them: one query."""

    def __init__(self, events: Iterable[Event], reader: Any, also: Iterable[Thing] = ()) -> None:
        named = {*also, *chain.from_iterable(_named(event) for event in events)}
        found: set[Thing] = set()
        queries = [query for kind in kinds() if (query := _visible(kind, named, reader)) is not None]
        if queries:
            found = set(queries[0].union(*queries[1:], all=True))
        self._found = found

    def of(self, thing: Thing) -> str:
        """Return the address of the thing's page, or nothing."""
        return _url(thing) if thing in self._found else ""

    def of_actor(self, key: UUID | None) -> str:
        """Return the address of the page of whoever acted, or nothing: automatic steps have none."""
        things = ((kind.name, key) for kind in kinds() if kind.acts and key is not None)
        return next((_url(thing) for thing in things if thing in self._found), "")


class Row:
    """An event in a log."""

    def __init__(self, event: Event, addresses: Addresses) -> None:
        self.event = event
        self._addresses = addresses

    @property
    def pieces(self) -> list[Piece]:
        """The sentence; names in it are links."""
        text, subjects, pieces, position = self.event.sentence, self.event.body.get("subjects", []), [], 0
        for start, end, index in self.event.body.get("links", []):
            if position <= start < end <= len(text) and index < len(subjects):
                url = self._addresses.of(_thing(subjects[index]))
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
    """What an open row shows: the changes, the origin, the other events of the same request."""

    def __init__(self, event: Event, reader: Any) -> None:
        self.event = event
        same = Event.objects.visible_to(reader).filter(request_id=event.request_id).exclude(pk=event.pk)
        related = list(same.order_by("at", "id")[: RELATED_LIMIT + 1])
        self.related, self.has_more_related = related[:RELATED_LIMIT], len(related) > RELATED_LIMIT

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """Field, old value, new value."""
        return [(label, old, new) for label, (old, new) in self.event.body.get("changes", {}).items()]

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
    subjects = event.body.get("subjects", [])
    linked = {index for _, _, index in event.body.get("links", [])}
    yield from (_thing(subject) for index, subject in enumerate(subjects) if index in linked)
    if event.actor_key is not None:
        yield from ((kind.name, event.actor_key) for kind in kinds() if kind.acts)


def _thing(subject: list[str]) -> Thing:
    kind, key, _ = subject
    return kind, UUID(key)


def _visible(kind: Kind, named: set[Thing], reader: Any) -> Any:
    keys = {key for name, key in named if name == kind.name}
    if not keys:
        return None
    visible = kind.visible(reader).filter(pk__in=keys).order_by()
    return visible.annotate(kind_name=Value(kind.name)).values_list("kind_name", "pk")


def _url(thing: Thing) -> str:
    name, key = thing
    return kind_named(name).url(key)
