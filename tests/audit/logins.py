"""Other logins of the database: somebody in psql, a program beside the console."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count

import psycopg
from django.db import connection
from psycopg import sql

from tests.databases import address

number = count(1)


@contextmanager
def another_login(*grants: str) -> Iterator[str]:
    """Make a login with only these rights ("SELECT, UPDATE ON roles_role") on the database in use; yield its name."""
    name = f"outsider_{connection.settings_dict['NAME']}_{next(number)}"[-60:]
    quoted = sql.Identifier(name)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'another'").format(quoted).as_string(connection.connection)
        )
        for grant in grants:
            cursor.execute(
                sql.SQL("GRANT {} TO {}").format(sql.SQL(grant), quoted).as_string(connection.connection)
            )
    try:
        yield name
    finally:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP OWNED BY {}").format(quoted).as_string(connection.connection))
            cursor.execute(sql.SQL("DROP ROLE {}").format(quoted).as_string(connection.connection))


def run_as(login: str, *statements: str, parameters: Sequence[object] = ()) -> None:
    """Execute the statements in one transaction, as that login."""
    url = psycopg.conninfo.make_conninfo(
        address(str(connection.settings_dict["NAME"])), user=login, password="another"
    )
    with psycopg.connect(url) as session:
        for statement in statements:
            session.execute(statement, parameters)
