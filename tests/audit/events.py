"""Events for tests of reading: put into the record as they are, at whatever time."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, models
from django.utils import timezone

from audit.activity import Actor, System, kind_of
from audit.activity.actors import ActorKind
from audit.models import Event


@dataclass(frozen=True)
class Database:
    """The login that changed something behind the console's back, as the witness names it."""

    actor_kind: ActorKind = "database"
    actor_key: UUID | None = None
    actor_label: str = "postgres"

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False


INSERT = """
    WITH event AS (
        INSERT INTO audit_event (at, activity, actor_kind, actor_key, entity_kind, entity_key, is_update, outcome,
                                 channel, request_id, token_key, changed_fields, details)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id, at),
    subjects AS (
        INSERT INTO audit_subject (kind, entity_key, at, event_id)
        SELECT kind, key, event.at, event.id FROM event, unnest(%s::text[], %s::uuid[]) AS subject (kind, key))
    SELECT id FROM event
"""


def event(
    sentence: str = "Something happened",
    *,
    by: Actor | None = None,
    about: Iterable[models.Model] = (),
    at: datetime | None = None,
    links: Sequence[tuple[int, int, int]] = (),
    is_update: bool = True,
    outcome: str = "succeeded",
    channel: str = "browser",
    request_id: UUID | None = None,
    changed_fields: Sequence[str] = (),
    activity: str = "audit.test",
    **details: Any,
) -> Event:
    """Put an event into the record; the first of the things it is about is its entity."""
    by = by or System("test")
    things = list(about)
    subjects = [[kind_of(thing).name, str(thing.pk), str(thing)] for thing in things]
    body = {
        "actor": by.actor_label,
        "sentence": sentence,
        "links": [list(link) for link in links],
        "subjects": subjects,
    }
    parameters: list[Any] = [
        at or timezone.now(),
        activity,
        by.actor_kind,
        by.actor_key,
        subjects[0][0] if subjects else "",
        subjects[0][1] if subjects else None,
        is_update,
        outcome,
        channel,
        request_id or uuid4(),
        None,
        list(changed_fields),
        json.dumps({**body, **details}),
        [kind for kind, _, _ in subjects],
        [key for _, key, _ in subjects],
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, parameters)
        (number,) = cursor.fetchone() or (0,)
    made: Event = Event.objects.get(pk=number)
    return made
