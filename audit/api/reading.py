"""Reading on record: once a visit, as for pages (audit/views.py)."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import connection, models
from django.http import Http404
from django.utils import timezone

from audit import activities
from audit.activity import Activity, Kind, current_origin
from audit.activity.gates import fetch
from audit.deleted import Deleted, find_deleted
from audit.models import Event

VISIT = timedelta(minutes=30)
# Asked at the pages of a visit: written down, because putting the same question together took as long as answering it.
_VISIT = """
    SELECT extract(epoch FROM at + %s - now())::float FROM audit_event
    WHERE actor_key = %s AND activity = %s AND outcome = 'succeeded' AND channel = %s AND at > now() - %s
      AND (entity_key = %s OR %s::uuid IS NULL)
    ORDER BY at DESC LIMIT 1
"""
# Until when which visits last that a connection has seen on record. What is on record stays there, so that need not be
# asked again; with the connection it is forgotten, as then it may lead to another server.
_lasting: "WeakKeyDictionary[Any, dict[tuple[Any, ...], float]]" = WeakKeyDictionary()


def record_visit(viewed: Activity, thing: models.Model | None, *, by: Any, **facts: str) -> None:
    """Record the reading, unless the same reader's same reading is on record for the last half hour."""
    key = thing.pk if thing is not None else None
    visit = (by.pk, viewed.code, current_origin().channel, key)
    if not _is_on_record(visit):
        viewed.record(thing, by=by, **facts)


def _is_on_record(visit: tuple[UUID, str, str, UUID | None]) -> bool:
    connection.ensure_connection()
    known, now = _lasting.setdefault(connection.connection, {}), time.monotonic()
    if known.get(visit, 0) > now:
        return True
    *who_and_what, key = visit
    asked: list[Any] = [VISIT, *who_and_what, VISIT, key, key]
    with connection.cursor() as cursor:
        cursor.execute(_VISIT, asked)
        found = cursor.fetchone()
    if found and not connection.in_atomic_block:  # within a transaction, what is seen may never come to be
        known[visit] = now + found[0]
    return found is not None


def record_visit_of_deleted(thing: Deleted, *, by: Any) -> None:
    """The same for the change log of a thing that was deleted."""
    viewed = activities.deleted_change_log_viewed
    mine = Event.objects.by_actor(by.pk).filter(activity=viewed.code, outcome="succeeded")
    recent = mine.filter(channel=current_origin().channel, at__gt=timezone.now() - VISIT)
    if not recent.about(thing.kind.name, thing.pk).exists():
        viewed.record(None, by=by, kind=thing.kind.label.lower(), thing=thing.subject)


def thing_for_change_log(kind: Kind, key: str, *, reader: Any) -> models.Model | Deleted:
    """Return the thing whose change log the reader may read; who reads everything reads also those of deleted things.

    Raises Http404, or Refused where they see no more of it than its page.
    """
    if reader.has_perm("audit.view_all"):
        try:
            return _find(kind, kind.model._default_manager.all(), key)
        except Http404:
            return find_deleted(kind, key, reader=reader)
    try:
        return _find(kind, kind.readable(reader), key)
    except Http404:
        hidden = _find(kind, kind.visible(reader), key)
        activities.change_log_viewed.refuse(hidden, by=reader, needs=kind.needs, kind=kind.label.lower())


def thing_for_activity_log(kind: Kind, key: str, *, reader: Any) -> models.Model:
    """Return the account whose activity log the reader may read. Raises Http404 or Refused."""
    if reader.has_perm("audit.view_all"):
        return _find(kind, kind.model._default_manager.all(), key)
    account = _find(kind, kind.visible(reader), key)
    activities.activity_log_viewed.ask(account, by=reader)
    return account


def _find(kind: Kind, things: "models.QuerySet[Any]", key: str | UUID) -> models.Model:
    thing: models.Model = fetch(things, key)
    if not kind.matches(thing):
        raise Http404
    return thing
