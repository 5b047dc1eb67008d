"""Who may do what with environments. The actor's default role is read by its attributes: roles stand above."""

from typing import Any

from audit.activity import permission, predicate

MANAGE_INFRASTRUCTURE = "Manage Infrastructure and Users"


@predicate
def manages_infrastructure(user: Any) -> bool:
    """Manage Infrastructure and Users, held through the default role."""
    return bool(user.is_active and user.role.manage_infrastructure)


@predicate
def views_audit_logs(user: Any) -> bool:
    """View Audit Logs, held through the default role."""
    return bool(user.is_active and user.role.view_audit_logs)


@predicate
def enters(user: Any, environment: Any) -> bool:
    """Access or higher in the environment, or in any if none is named; who manages them enters all, also while there is
    none."""
    from infrastructure.models import Environment

    if manages_infrastructure(user):
        return True
    visible = Environment.objects.visible_to(user)
    return bool((visible.filter(pk=environment.pk) if environment else visible).exists())


permission("infrastructure.manage", MANAGE_INFRASTRUCTURE, manages_infrastructure)
permission("infrastructure.list", "Access in the environment", enters)
permission(
    "audit.view_all", f"View Audit Logs or {MANAGE_INFRASTRUCTURE}", views_audit_logs | manages_infrastructure
)
