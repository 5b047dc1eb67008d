"""Who may do what with roles."""

from typing import Any

from audit.activity import permission, predicate
from infrastructure.rules import MANAGE_INFRASTRUCTURE, manages_infrastructure
from roles.granting import grantable


@predicate
def is_nowhere_above(user: Any, role: Any) -> bool:
    """A role that one could hand out oneself, or none in particular."""
    return role is None or role.pk == user.role_id or grantable(user.role).filter(pk=role.pk).exists()


permission("roles.manage", MANAGE_INFRASTRUCTURE, manages_infrastructure)
# changing a role from below would take from people what its changer could not give them
permission(
    "roles.change",
    f"{MANAGE_INFRASTRUCTURE}, about a role that is nowhere above your own",
    manages_infrastructure & is_nowhere_above,
)
