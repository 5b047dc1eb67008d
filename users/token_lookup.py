"""Finding the token of a call, its account and the account's role: one statement, written once.

Every call of both APIs begins with it. Put together anew by the ORM each time, the question cost ten times its answer.
"""

from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

from django.db import connection, models

from audit.activity.prepared import prepared
from roles.models import Role
from users.models import Token, User

_MODELS: tuple[type[models.Model], ...] = (Token, User, Role)


def find_usable(key: UUID, kind: str, at: datetime) -> Token | None:
    """Return the token with this key that opens the door at that instant, of an account of this kind, with both.

    What is usable, `TokenQuerySet.usable` says; this asks the very same.
    """
    with connection.cursor() as cursor:
        cursor.execute(prepared("token", _statement()), [str(key), kind, at])
        row = cursor.fetchone()
    return _made(row) if row else None


@cache
def _statement() -> str:
    columns = [
        f"{model._meta.db_table}.{field.column}" for model in _MODELS for field in model._meta.concrete_fields
    ]
    return f"""
        SELECT {", ".join(columns)} FROM users_token
        JOIN users_user ON users_user.key = users_token.user_id
        JOIN roles_role ON roles_role.key = users_user.role_id
        WHERE users_token.key = %s AND users_user.kind = %s
          AND users_user.is_active AND NOT users_user.must_change_password
          AND users_token.revoked_at IS NULL AND users_token.expires_at > %s
    """  # noqa: S608  (names of our own tables and columns)


def _made(row: tuple[Any, ...]) -> Token:
    made, begin = [], 0
    for model in _MODELS:
        names = [field.attname for field in model._meta.concrete_fields]
        made.append(model.from_db(connection.alias, names, row[begin : begin + len(names)]))
        begin += len(names)
    token, user, role = made
    Token._meta.get_field("user").set_cached_value(token, user)
    User._meta.get_field("role").set_cached_value(user, role)
    return cast(Token, token)
