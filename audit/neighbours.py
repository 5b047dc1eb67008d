"""The changes of the same fields of the same thing before and after an event."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.text import capfirst

from audit.activity import activities, kind_named
from audit.models import Event

# Events about the thing that are looked through in each direction: a hot thing has millions, and its rarest field
# may have changed in none of them.
REACH = 2_000

# A field is followed by all names that it has on record; one that is named after another thing, by that thing's key.
# Each direction is one range of the subjects' primary key; the typed column spares most events the reading as JSON.
# What is no object or no list where there should be one is passed over: anybody may have written it.
_NEAR = """
    SELECT DISTINCT ON (field.label) field.label, near.event_id
    FROM (SELECT at, event_id FROM audit_subject
          WHERE kind = %(kind)s AND entity_key = %(key)s AND (at, event_id) {beyond} (%(at)s, %(id)s)
          ORDER BY at {order}, event_id {order} LIMIT %(reach)s) AS near
    JOIN audit_event AS event ON event.id = near.event_id
        AND event.entity_kind = %(kind)s AND event.entity_key = %(key)s AND cardinality(event.changed_fields) > 0
    CROSS JOIN LATERAL jsonb_path_query(event.details::jsonb, 'strict $.changes.keyvalue().key', '{{}}', true) AS change
    CROSS JOIN LATERAL (SELECT change #>> '{{}}') AS changed (label)
    JOIN unnest(%(aliases)s::text[], %(keys)s::text[], %(labels)s::text[]) AS field (alias, key, label)
        ON CASE WHEN field.key IS NULL THEN field.alias = changed.label ELSE EXISTS (
            SELECT FROM jsonb_path_query(event.details::jsonb, 'strict $.subjects[*]', '{{}}', true) AS subject (named)
            WHERE named ->> 1 = field.key AND field.alias || (named ->> 2) = changed.label) END
    ORDER BY field.label, near.at {order}, near.event_id {order}
"""
_EARLIER, _LATER = _NEAR.format(beyond="<", order="DESC"), _NEAR.format(beyond=">", order="ASC")
_BOTH = f"SELECT 'earlier', e.* FROM ({_EARLIER}) AS e UNION ALL SELECT 'later', l.* FROM ({_LATER}) AS l"  # noqa: S608


@dataclass(slots=True)
class Neighbours:
    """The events that changed a field before and after; None where there is none within reach."""

    earlier: int | None = None
    later: int | None = None


def neighbours(event: Event, labels: Collection[str]) -> dict[str, Neighbours]:
    """Return, by the label of each field, the changes next to this event's, of the thing that it happened to.

    Asks nobody's permission: whoever may read the log of the thing may see them all.
    """
    if event.entity_key is None or not labels:
        return {}
    keyed = _keyed(event, labels)
    aliases = _aliases(event.entity_kind, [label for label in labels if label not in keyed])
    parameters: dict[str, Any] = {
        "kind": event.entity_kind,
        "key": event.entity_key,
        "at": event.at,
        "id": event.pk,
        "reach": REACH,
        "aliases": [*aliases, *(words for words, _ in keyed.values())],
        "keys": [*(None for _ in aliases), *(key for _, key in keyed.values())],
        "labels": [*aliases.values(), *keyed],
    }
    found = {label: Neighbours() for label in labels}
    with connection.cursor() as cursor:
        cursor.execute(_BOTH, parameters)
        for direction, label, number in cursor.fetchall():
            setattr(found[label], direction, number)
    return found


def _keyed(event: Event, labels: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return the labels that end in the name of another thing ("Level in Production"), as the words before it and the
    thing's key: it may have had other names, and others its name."""
    declared = activities().get(event.activity)
    if declared is None or declared.change is None or not declared.change.text.endswith("}"):
        return {}
    others = [one for one in event.body.get("subjects", []) if one[1] != str(event.entity_key)]
    found = ((label, name, key) for label in labels for _, key, name in others if label.endswith(f" {name}"))
    return {
        label: (label.removesuffix(name), key)
        for label, name, key in sorted(found, key=lambda each: len(each[1]))
    }


def _aliases(kind_name: str, labels: Collection[str]) -> dict[str, str]:
    """Return the labels by all names that their fields have on record: the witness calls columns as the table does."""
    try:
        fields = kind_named(kind_name).recorded_fields
    except KeyError:
        fields = ()  # of a kind that is no more
    aliases = {label: label for label in labels}
    for field in fields:
        names: set[str] = {str(field.column), str(capfirst(str(field.verbose_name)))}
        for label in names & set(labels):
            aliases.update(dict.fromkeys(names, label))
    return aliases
