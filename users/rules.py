"""Who may do what with people and service accounts."""

from typing import Any

from audit.activity import permission, predicate
from infrastructure.rules import MANAGE_INFRASTRUCTURE, manages_infrastructure
from roles.granting import is_above


@predicate
def is_own_account(user: Any, account: Any) -> bool:
    """One's own account; nobody else's, whatever the role."""
    return bool(user.is_active and account is not None and account.pk == user.pk)


@predicate
def is_nowhere_above(user: Any, account: Any) -> bool:
    """An account that may nowhere do more than one's own default role, or none in particular; and one's own."""
    return account is None or account.pk == user.pk or not is_above(account, user.role)


permission("users.manage", MANAGE_INFRASTRUCTURE, manages_infrastructure)
# what lets one act as somebody else, or decides whether and as what they may act: never from below
permission(
    "users.control",
    f"{MANAGE_INFRASTRUCTURE}, about an account whose roles are nowhere above your own",
    manages_infrastructure & is_nowhere_above,
)
permission("users.own", "your own account", is_own_account)
# what only takes away: one's own sessions and tokens, or anybody's for those who manage users
permission("users.end_access", MANAGE_INFRASTRUCTURE, is_own_account | manages_infrastructure)
