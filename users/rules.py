"""Who may do what with people and service accounts."""

from typing import Any

from audit.activity import permission, predicate
from infrastructure.rules import MANAGE_INFRASTRUCTURE, manages_infrastructure


@predicate
def is_own_account(user: Any, account: Any) -> bool:
    """One's own account; nobody else's, whatever the role."""
    return bool(user.is_active and account is not None and account.pk == user.pk)


permission("users.manage", MANAGE_INFRASTRUCTURE, manages_infrastructure)
permission("users.own", "your own account", is_own_account)
# what only takes away: one's own sessions and tokens, or anybody's for those who manage users
permission("users.end_access", MANAGE_INFRASTRUCTURE, is_own_account | manages_infrastructure)
