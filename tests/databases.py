"""Clones of the test database, for tests that commit.

Django's own way (TransactionTestCase) empties the tables afterwards; the record refuses to be emptied. A clone takes
a tenth of a second and is thrown away whole.

What many tests begin with is made once, in a clone that they start from: to make it again for each of them takes longer
than most of the tests themselves.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from itertools import count
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from audit.models import Event

# sequences stand outside of transactions: where other tests left this one is not what a test begins with
NUMBER_PLANS = """
    SELECT setval('deployments_plan_number', coalesce((SELECT max(number) FROM deployments_plan), 0) + 1, false)
"""
number = count(1)
Things = TypeVar("Things")


class Prepared(Generic[Things]):
    """A clone in which `make` has made the things that tests begin with; committed, and by nothing but our own code."""

    def __init__(self, name: str, make: Callable[[], Things]) -> None:
        self.name = name
        with at(name):
            self._things = make()
            assert outside() == []
        self._connection = connection.copy()  # its own, so that the tests need not connect each time anew
        self._connection.settings_dict["NAME"] = name

    @property
    def things(self) -> Things:
        """The things, for one test to do with them what it likes."""
        return deepcopy(self._things)

    @contextmanager
    def begun(self) -> Iterator[Things]:
        """Let a test be here instead of in the empty database, within a transaction that it rolls back."""
        assert not connection.in_atomic_block, (
            "The transaction has begun elsewhere: leave the mark django_db away."
        )
        original = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = self._connection
        try:
            yield self.things
        finally:
            connections[DEFAULT_DB_ALIAS] = original

    @contextmanager
    def cloned(self) -> Iterator[str]:
        """Yield the name of a clone with the things in it."""
        self.close()
        with cloned(self.name) as name:
            yield name

    @contextmanager
    def committed(self) -> Iterator[Things]:
        """Let a test be in a clone of its own, in which commits are real and named by our own code alone."""
        with self.cloned() as name, at(name):
            yield self.things
            assert outside() == []

    def close(self) -> None:
        """Disconnect; whoever begins here connects again."""
        self._connection.close()


@contextmanager
def prepared(
    make: Callable[[], Things], blocker: DjangoDbBlocker, *, start: Prepared[Any] | None = None
) -> Iterator[Prepared[Things]]:
    """Make these things in a clone that tests begin with: of the empty database, or of one with other things in it."""
    with blocker.unblock(), start.cloned() if start else cloned() as name:
        found = Prepared(name, make)
        try:
            with blocker.block():
                yield found
        finally:
            found.close()


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever happens inside."""
    block = transaction.atomic()
    # a refusal is recorded in a durable transaction, which Django lets stand only within a test's own
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


@contextmanager
def at(name: str) -> Iterator[None]:
    """Let everything in this process, its threads too, be connected to the database `name`."""
    original = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original


def outside() -> list[str]:
    """What the witness told of, because no event of ours named it."""
    return [event.sentence for event in Event.objects.filter(activity__startswith="audit.outside.")]


@contextmanager
def cloned(template: str = "") -> Iterator[str]:
    """Clone the test database or this one, to which nothing else may be connected; yield the clone's name."""
    connection.close()
    original = template or connection.settings_dict["NAME"]
    assert original.startswith("test_"), f"{original} is not a test database"
    name = f"{original.partition('_clone')[0]}_clone{next(number)}"
    drop, create = (
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"),
        sql.SQL("CREATE DATABASE {} TEMPLATE {}"),
    )
    run(drop.format(sql.Identifier(name)), create.format(sql.Identifier(name), sql.Identifier(original)))
    with psycopg.connect(address(name), autocommit=True) as clone:
        clone.execute(NUMBER_PLANS)
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
