"""Statements of every step and every call, kept prepared on the server: parsed and planned once a connection, not each
time; and the cursor that executes them."""

from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections

_names: "WeakKeyDictionary[psycopg.Connection, dict[str, str]]" = WeakKeyDictionary()


def prepared(verb: str, statement: str) -> str:
    """Return what executes the statement by the name under which this connection knows it, with the same `%s`.

    The name begins with the verb, for whoever reads the server's log or looks at what it is doing. Types of parameters
    are what their places ask for. psycopg's own way of preparing does not fit: it cannot send two statements in one
    message, which saves more than the planning does (docs/decisions/0008).
    """
    connection.ensure_connection()
    driver = connection.connection
    names = _names.setdefault(driver, {})
    if statement not in names:
        name = f"{verb}_{len(names)}"
        numbers = count(1)
        parts = statement.split("%s")
        numbered = "".join(f"{part}${next(numbers)}" for part in parts[:-1]) + parts[-1]
        with connection.wrap_database_errors:
            # past Django's cursor, since it belongs to the connection and not to what the step does
            driver.execute(f"PREPARE {name} AS {numbered}")
        names[statement] = f"EXECUTE {name} ({', '.join(['%s'] * (len(parts) - 1))})"
    return names[statement]


def cursor() -> Any:
    """Return this connection's cursor for statements whose rows are fetched before the next one is executed.

    It is made once a connection and left open: to make one took some 25 µs, twice a step (docs/decisions/0008).
    """
    here: Any = connections[DEFAULT_DB_ALIAS]
    if here.queries_logged:  # which a cursor made for it does
        return here.cursor()
    here.close_if_health_check_failed()
    kept = getattr(here, "kept_cursor", None)
    if here.connection is None or kept is None or kept.connection is not here.connection:
        kept = here.kept_cursor = here.cursor()
    return kept
