"""The row of an entity, as locked and as saved: where the difference of an event comes from."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

from audit.activity.fields import SecretCharField
from audit.activity.kinds import Kind, kind_of
from audit.activity.occurrence import Changes, Value

HIDDEN = "(not shown)"
Row = dict[str, Any]


@cache
def _select(model: type[models.Model], names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{model._meta.get_field(name).column}"' for name in names)  # type: ignore[union-attr]
    # every entity's primary key is the uuid `key`
    return f'SELECT {columns} FROM "{model._meta.db_table}" WHERE "key" = %s'  # noqa: S608  (identifiers of ours)


def read(thing: models.Model, kind: Kind, *, lock: bool) -> Row:
    """Return the thing's row by attribute name, locked until the end of the transaction if asked.

    Raises the model's DoesNotExist if the row is gone.
    """
    model = kind.model
    fields = kind.recorded_fields
    sql = _select(model, tuple(f.name for f in fields))
    with connection.cursor() as cursor:
        cursor.execute(sql + (" FOR NO KEY UPDATE" if lock else ""), [thing.pk])
        row = cursor.fetchone()
    if row is None:
        raise model.DoesNotExist(  # type: ignore[attr-defined]
            f"{kind.label} {thing.pk} does not exist any more."
        )
    return dict(zip((f.attname for f in fields), row, strict=True))


def refresh(thing: models.Model, kind: Kind, row: Row) -> None:
    """Give the instance the values of the locked row, so that nobody decides on what they read before the lock."""
    for field in kind.recorded_fields:
        if getattr(thing, field.attname) != row[field.attname]:
            setattr(thing, field.attname, row[field.attname])
            if field.is_relation and field.is_cached(thing):  # type: ignore[attr-defined]
                field.delete_cached_value(thing)  # type: ignore[attr-defined]


def saved(thing: models.Model, kind: Kind) -> Row:
    """Return the values as saved. Only a value that the database computed (`F()`) has to be read again."""
    row = {field.attname: getattr(thing, field.attname) for field in kind.recorded_fields}
    if any(hasattr(value, "resolve_expression") for value in row.values()):
        return read(thing, kind, lock=False)
    return row


def difference(kind: Kind, before: Row, after: Row) -> tuple[tuple[str, ...], Changes]:
    """Return the names of the fields that differ, and by label their old and new values in readable form."""
    fields = [f for f in kind.recorded_fields if before.get(f.attname) != after.get(f.attname)]
    changes = {
        _label(field): (
            _readable(field, before.get(field.attname)),
            _readable(field, after.get(field.attname)),
        )
        for field in fields
    }
    # an empty text that a new thing starts with is a change of the row, but nothing to read
    return tuple(field.name for field in fields), {k: v for k, v in changes.items() if v != (None, None)}


def _label(field: "models.Field[Any, Any]") -> str:
    text = str(field.verbose_name)
    return text[:1].upper() + text[1:]


def _readable(field: "models.Field[Any, Any]", value: Any) -> Value:
    if value is None or value == "":
        return None
    if isinstance(field, SecretCharField):
        return HIDDEN
    if isinstance(value, bool):
        return "on" if value else "off"
    if field.remote_field is not None:
        return _name_of(field.remote_field.model, value)
    choices: Sequence[tuple[Any, Any]] = field.flatchoices
    return (
        str(dict(choices).get(value, value)) if choices else value if isinstance(value, int) else str(value)
    )


def _name_of(model: Any, key: Any) -> str:
    thing = model._base_manager.filter(pk=key).first()
    if thing is None:
        return str(key)
    try:
        return kind_of(thing).describe(thing)
    except LookupError:
        return str(thing)
