"""Finding the token of a call, its account and the account's role, and taking from the account's allowance: one
statement, written once.

Every call of both APIs begins with it. Put together anew by the ORM each time, the question cost ten times its answer.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

from django.db import connection, models

from audit.activity.limits import Allowance, Window, taking
from audit.activity.prepared import cursor, prepared
from roles.models import Role
from users.models import Token, User

_MODELS: tuple[type[models.Model], ...] = (Token, User, Role)


def find_usable(
    key: UUID, digest: str, kind: str, at: datetime, bucket: str
) -> tuple[Token, Allowance] | None:
    """Return the token with this key and digest that opens the door at that instant, of an account of this kind, with
    both; and what is left of the account's allowance after this call.

    What is usable, `TokenQuerySet.usable` says; this asks the very same. Raises RecordUnavailable.
    """
    window = Window.now(bucket)
    asked: list[Any] = [str(key), digest, kind, at, bucket, window.start]
    asking = cursor()
    asking.execute(prepared("token", _statement()), asked)
    row = asking.fetchone()
    if row is None:
        return None
    taken, is_writable, *columns = row
    return _made(columns), window.allowance(taken, is_writable)


@cache
def _statement() -> str:
    columns = [
        f"{model._meta.db_table}.{field.column} AS {model._meta.db_table}_{field.column}"
        for model in _MODELS
        for field in model._meta.concrete_fields
    ]
    caller = "SELECT 'account:' || users_user_key, %s, %s, 1 FROM found"
    return f"""
        WITH found AS (
            SELECT {", ".join(columns)} FROM users_token
            JOIN users_user ON users_user.key = users_token.user_id
            JOIN roles_role ON roles_role.key = users_user.role_id
            WHERE users_token.key = %s AND users_token.digest = %s AND users_user.kind = %s
              AND users_user.is_active AND NOT users_user.must_change_password
              AND users_token.revoked_at IS NULL AND users_token.expires_at > %s
        ), allowance AS ({taking(caller)})
        SELECT allowance.*, found.* FROM found, allowance
    """  # noqa: S608  (names of our own tables and columns)


def _made(row: Sequence[Any]) -> Token:
    made, begin = [], 0
    for model in _MODELS:
        names = [field.attname for field in model._meta.concrete_fields]
        made.append(model.from_db(connection.alias, names, row[begin : begin + len(names)]))
        begin += len(names)
    token, user, role = made
    Token._meta.get_field("user").set_cached_value(token, user)
    User._meta.get_field("role").set_cached_value(user, role)
    return cast(Token, token)
