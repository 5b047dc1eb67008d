"""What stands behind an event: the changes, the origin, what happened with it, and where one can go from there."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from audit.activity import kind_named
from audit.actor_choice import NOBODY
from audit.addresses import LOGS_LIMIT, Addresses
from audit.filters import activity_words
from audit.models import Event
from audit.neighbours import Neighbours, neighbours
from audit.parameters import kept, left_out
from audit.rows import CHANNELS, Piece

RELATED_LIMIT = 20  # events of one request that are listed; a role change can affect hundreds of people


@dataclass(frozen=True, slots=True)
class Change:
    """A field with its value before and after, and the events that changed it before and after this one."""

    label: str
    old: Any
    new: Any
    beside: Neighbours


@dataclass(frozen=True, slots=True)
class Trait:
    """Something by which the whole log can be filtered: what it is called, its value, the queries that keep only events
    with it, or leave those out; none for who may not read the whole log."""

    name: str
    text: str
    only: str
    without: str


class Particulars:
    """What an open row shows. `query` are the parameters of the whole log that is being read, if it is that."""

    def __init__(
        self, event: Event, addresses: Addresses, reader: Any, query: QueryDict | None = None
    ) -> None:
        self.event, self._addresses = event, addresses
        self._query = QueryDict("since=") if query is None else query
        same: QuerySet[Event] = Event.objects.visible_to(reader).filter(request_id=event.request_id)
        related = list(same.exclude(pk=event.pk).order_by("at", "id")[: RELATED_LIMIT + 1])
        self.related, self.has_more_related = related[:RELATED_LIMIT], len(related) > RELATED_LIMIT

    @cached_property
    def changes(self) -> list[Change]:
        """The fields that changed."""
        changes = self.event.body.get("changes", {})
        beside = neighbours(self.event, list(changes)) if self._may_step() else {}
        return [
            Change(label, old, new, beside.get(label, Neighbours())) for label, (old, new) in changes.items()
        ]

    @property
    def has_neighbours(self) -> bool:
        """Whether any of the fields was changed before or after."""
        return any(change.beside != Neighbours() for change in self.changes)

    @property
    def traits(self) -> list[Trait]:
        """By what the whole log can be filtered from here."""
        event = self.event
        nobody = next((value for value, (kind, _) in NOBODY.items() if kind == event.actor_kind), "")
        found = [
            ("user", "User", nobody or str(event.actor_key), event.actor_label),
            ("kind", "Kind", event.entity_kind, _kind_words(event.entity_kind)),
            ("activity", "Activity", event.activity, activity_words(event.activity)),
            ("outcome", "Outcome", event.outcome, event.outcome),
            (
                "channel",
                "Origin",
                event.channel,
                ", ".join(filter(None, [self.channel, event.body.get("ip")])),
            ),
        ]
        return [self._trait(*each) for each in found if each[2]]

    @property
    def request_url(self) -> str:
        """The whole log of the request that the event belongs to."""
        query = QueryDict(mutable=True)
        query["request"] = str(self.event.request_id)
        return self._log_with(query)

    @property
    def change_logs(self) -> list[Piece]:
        """The things in whose change logs the event stands, as far as the reader may read them."""
        subjects = self.event.body.get("subjects", [])[:LOGS_LIMIT]
        logs = [Piece(label, self._addresses.of_log((kind, UUID(key)))) for kind, key, label in subjects]
        return [log for log in logs if log.url]

    @property
    def activity_log_url(self) -> str:
        """The activity log in which the event stands, if the reader may read it."""
        return self._addresses.of_activities(self.event)

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

    def _may_step(self) -> bool:
        """Say whether the reader may read the log of the thing, and so every change of it."""
        event, addresses = self.event, self._addresses
        if addresses.reads_everything:
            return True
        return event.entity_key is not None and addresses.of_log((event.entity_kind, event.entity_key)) != ""

    def _trait(self, name: str, label: str, value: str, text: str) -> Trait:
        only, without = kept(self._query, name, value), left_out(self._query, name, value)
        return Trait(label, text, self._log_with(only), self._log_with(without))

    def _log_with(self, query: QueryDict) -> str:
        if not self._addresses.reads_everything:
            return ""
        return f"{reverse('audit:log')}?{query.urlencode()}"


def _kind_words(name: str) -> str:
    try:
        return kind_named(name).label
    except KeyError:
        return name
