"""What decides an account's permissions, read again: is it active, which is its role, what do its switches say."""

import time
from functools import cache
from typing import TYPE_CHECKING, Any

from audit.activity.prepared import prepared
from roles.models import INFRASTRUCTURE_SWITCHES

if TYPE_CHECKING:
    from users.models import User


def renewal(user: "User") -> tuple[str, tuple[Any, ...]]:
    """Return the statement that asks for it."""
    return prepared("actor", _statement()), (user.pk,)


def renew(user: "User", row: tuple[Any, ...] | None) -> None:
    """Give the instance what the row says. An account that is not there may nothing."""
    user.read_at = time.monotonic()
    user.is_active = row is not None and row[0]
    if row is None:
        return
    known = user._state.fields_cache.get("role")
    if known and row[1:] != (known.pk, *(getattr(known, switch) for switch in INFRASTRUCTURE_SWITCHES)):
        del user._state.fields_cache["role"]  # read when it is asked for
    user.role_id = row[1]


@cache
def _statement() -> str:
    switches = ", ".join(f"roles_role.{switch}" for switch in INFRASTRUCTURE_SWITCHES)
    return f"""
        SELECT users_user.is_active, users_user.role_id, {switches} FROM users_user
        JOIN roles_role ON roles_role.key = users_user.role_id WHERE users_user.key = %s
    """  # noqa: S608  (names of our own columns)
