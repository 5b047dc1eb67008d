"""Everything that can happen to roles."""

from audit.activity import Activity, Kind
from infrastructure.rules import MANAGE_INFRASTRUCTURE
from roles.models import Role

ROLE = Kind(
    model=Role,
    name="role",
    label="Role",
    title="Roles",
    readable=lambda user: Role.objects.visible_to(user),
    visible=lambda user: Role.objects.visible_to(user),
    needs=MANAGE_INFRASTRUCTURE,
    url_name="roles:detail",
)

accessed = Activity(
    ROLE, "accessed", "Accessed role '{entity}' details", requires="roles.manage", is_update=False
)
