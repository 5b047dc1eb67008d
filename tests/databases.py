"""Clones of the test database, for tests that commit.

Django's own way (TransactionTestCase) empties the tables afterwards; the record refuses to be emptied. A clone takes
a tenth of a second and is thrown away whole.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import quote

import psycopg
from django.db import connection
from psycopg import sql

number = count(1)


@contextmanager
def cloned() -> Iterator[str]:
    """Clone the test database, of which no connection may be in a transaction; yield the clone's name."""
    connection.close()
    original = connection.settings_dict["NAME"]
    assert original.startswith("test_"), f"{original} is not a test database"
    name = f"{original}_clone{next(number)}"
    drop, create = (
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"),
        sql.SQL("CREATE DATABASE {} TEMPLATE {}"),
    )
    run(drop.format(sql.Identifier(name)), create.format(sql.Identifier(name), sql.Identifier(original)))
    # sequences stand outside of transactions: where other tests left this one is not what a test begins with
    with psycopg.connect(address(name), autocommit=True) as clone:
        clone.execute("ALTER SEQUENCE deployments_plan_number RESTART")
    try:
        yield name
    finally:
        run(drop.format(sql.Identifier(name)))


def run(*statements: sql.Composed) -> None:
    """Execute statements that stand outside of any transaction, from a database that is no test's."""
    with psycopg.connect(address("postgres"), autocommit=True) as maintenance:
        for statement in statements:
            maintenance.execute(statement)


def address(name: str) -> str:
    """Return the DATABASE_URL of the database `name` on the server that the tests use."""
    connection.ensure_connection()  # an embedded server must run before anybody else is sent there
    connection.close()
    where: dict[str, Any] = {**connection.settings_dict, **connection.settings_dict["OPTIONS"]}
    host = quote(where.get("host") or where["HOST"] or "localhost", safe="")
    user, password = quote(where["USER"] or "", safe=""), quote(where["PASSWORD"] or "", safe="")
    credentials = f"{user}:{password}@" if password else f"{user}@" if user else ""
    return f"postgresql://{credentials}{host}:{where['PORT'] or 5432}/{quote(name, safe='')}"
