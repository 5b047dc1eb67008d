"""The row of an entity, as the database holds it: where the difference of an event comes from."""

from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models.expressions import Combinable
from psycopg.pq import TransactionStatus

from audit.activity.actors import Renewable
from audit.activity.errors import Vanished
from audit.activity.fields import SecretCharField
from audit.activity.kinds import Kind, kind_of
from audit.activity.occurrence import Changes, Statement, Value
from audit.activity.prepared import cursor, prepared

HIDDEN = "(not shown)"
Row = dict[str, Any]
AnyField = models.Field[Any, Any]


@cache
def _select(kind: Kind, *, lock: bool) -> str:
    columns = ", ".join(f'"{field.column}"' for field in kind.recorded_fields)
    # every entity's primary key is the uuid `key`
    statement = f'SELECT {columns} FROM "{kind.model._meta.db_table}" WHERE "key" = %s'  # noqa: S608  (identifiers of ours)
    return f"{statement} FOR NO KEY UPDATE" if lock else statement


def read(kind: Kind, key: Any) -> Row:
    """Return the row with this key by attribute name. Raises Vanished if it is gone."""
    return _named(kind, key, *_ask((prepared("read", _select(kind, lock=False)), (key,))))


def lock(kind: Kind, key: Any, by: Renewable | None = None) -> Row:
    """Return the same row, locked until the end of the transaction; renew `by`, if given, in the same message.

    Others may still read the row and refer to it meanwhile. What `by` may is asked by a statement that begins when the
    lock is held, however long that took. Raises Vanished if the row is gone.
    """
    statement = (prepared("lock", _select(kind, lock=True)), (key,))
    if by is None:
        return _named(kind, key, *_ask(statement, begins=True))
    held, renewed = _ask(statement, by.renewal(), begins=True)
    by.renew(renewed)
    return _named(kind, key, held)


def renew(by: Renewable) -> None:
    """Renew `by` in a message of its own."""
    by.renew(*_ask(by.renewal(), begins=True))


def _ask(*statements: Statement, begins: bool = False) -> list[tuple[Any, ...] | None]:
    """Return the first row of each statement, all sent in one message, with the transaction's BEGIN if that is still to
    come."""
    texts, parameters = [text for text, _ in statements], [one for _, some in statements for one in some]
    asking = cursor()
    starts = begins and _may_begin()
    asking.execute("; ".join(["BEGIN"] * starts + texts), parameters)
    rows = []
    for number in range(len(texts)):
        if starts or number:
            asking.nextset()
        rows.append(asking.fetchone())
    return rows


def _named(kind: Kind, key: Any, values: tuple[Any, ...] | None) -> Row:
    if values is None:
        raise Vanished(f"{kind.label} {key} does not exist any more.")
    return dict(zip((field.attname for field in kind.recorded_fields), values, strict=True))


def _may_begin() -> bool:
    """Say whether the transaction is still to begin, and if so, have the driver leave its BEGIN to us.

    Django has entered the transaction, but the driver sends BEGIN only before the first statement, as a message of its
    own; sent along with that statement it saves a round trip. COMMIT and ROLLBACK work as ever: the driver goes by
    what the server says of the transaction.
    """
    driver = connection.connection
    if driver.info.transaction_status != TransactionStatus.IDLE:
        return False
    driver.autocommit = True
    return True


def assigned(thing: models.Model, kind: Kind, entered: Row, row: Row) -> Row:
    """Return what was assigned to the instance since it held `entered`, where the row holds something else."""
    loaded, values = thing.__dict__, {}
    for field in kind.recorded_fields:
        name = field.attname
        before = entered.get(name, entered)
        if before is not entered and loaded[name] is not before:
            value = held(thing, field)
            if value != before and value != row[name]:
                values[name] = value
    return values


def update(kind: Kind, key: Any, values: Row) -> Statement:
    """Return the statement that writes these values, by attribute name, into the row with this key."""
    fields = [field for field in kind.recorded_fields if field.attname in values]
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    parameters = [field.get_db_prep_save(values[field.attname], connection) for field in fields]
    statement = f'UPDATE "{kind.model._meta.db_table}" SET {columns} WHERE "key" = %s'  # noqa: S608  (identifiers of ours)
    return prepared("write", statement), (*parameters, key)


def execute(statement: Statement) -> None:
    """Write at once what otherwise goes along with the event."""
    cursor().execute(*statement)


def refresh(thing: models.Model, kind: Kind, row: Row, besides: Collection[str] = ()) -> None:
    """Give the instance the row's values, so that nobody decides on what they read before the lock."""
    for field in kind.recorded_fields:
        if field.attname not in besides and thing.__dict__.get(field.attname, row) != row[field.attname]:
            setattr(thing, field.attname, row[field.attname])
            if field.is_relation and field.is_cached(thing):  # type: ignore[attr-defined]
                field.delete_cached_value(thing)  # type: ignore[attr-defined]


def saved(thing: models.Model, kind: Kind, only: Collection[str] | None) -> Row:
    """Return what a `save()` of the instance has just written: all recorded fields, or `only` those named."""
    return {
        field.attname: held(thing, field)
        for field in kind.recorded_fields
        if only is None or field.name in only or field.attname in only
    }


def agrees(thing: models.Model, kind: Kind, row: Row, besides: Collection[str] = ()) -> bool:
    """Say whether the instance holds nothing but the row's values, each a real one (`F()` is none yet)."""
    loaded = thing.__dict__
    for field in kind.recorded_fields:
        if field.attname in besides:
            continue
        known = row.get(field.attname, row)
        if isinstance(known, Combinable):
            return False
        if loaded.get(field.attname, known) is not known and held(thing, field) != known:
            return False
    return True


def held(thing: models.Model, field: AnyField) -> Any:
    """Return the instance's value as the database gives it back: "5" assigned to a number is 5."""
    value = getattr(thing, field.attname)
    return value if isinstance(value, Combinable) else field.to_python(value)


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


def _label(field: AnyField) -> str:
    text = str(field.verbose_name)
    return text[:1].upper() + text[1:]


def _readable(field: AnyField, value: Any) -> Value:
    if value is None or value == "":
        return None
    if isinstance(field, SecretCharField):
        return HIDDEN
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if field.remote_field is not None:
        return _name_of(field.remote_field.model, value)
    choices = dict(field.flatchoices)
    return str(choices[value]) if value in choices else value if isinstance(value, int) else str(value)


def _name_of(model: Any, key: Any) -> str:
    thing = model._base_manager.filter(pk=key).first()
    if thing is None:
        return str(key)
    try:
        return kind_of(thing).describe(thing)
    except LookupError:
        return str(thing)
