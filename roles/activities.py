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
    list_name="roles:list",
)

accessed = Activity(
    ROLE, "accessed", "Accessed role '{entity}' details", requires="roles.manage", is_update=False
)
listed = Activity(ROLE, "listed", "Listed the roles", requires="roles.manage", is_update=False)
created = Activity(ROLE, "created", "Role '{entity}' created", requires="roles.manage")
updated = Activity(ROLE, "updated", "Role '{entity}' updated.", requires="roles.change")
renamed = Activity(
    ROLE, "renamed", "Role '{old}' renamed to '{entity}'", facts=("old",), requires="roles.manage"
)
deleted = Activity(ROLE, "deleted", "Role '{entity}' deleted", requires="roles.change")

level_changed = Activity(
    ROLE,
    "level_changed",
    "Role '{entity}' permissions have changed from '{old}' to '{new}' in environment '{environment}'",
    facts=("old", "new", "environment"),
    fields=("levels",),
    change="Level in {environment}",
    requires="roles.manage",
)
environment_switch_changed = Activity(
    ROLE,
    "environment_switch_changed",
    "Role '{entity}' has '{switch}' turned {new} in environment '{environment}'",
    facts=("switch", "old", "new", "environment"),
    fields=("levels",),
    change="{switch} in {environment}",
    requires="roles.manage",
)
switch_changed = Activity(
    ROLE,
    "switch_changed",
    "Role '{entity}' has '{switch}' turned {new}",
    facts=("switch", "new"),
    requires="roles.manage",
)
levels_spread = Activity(
    ROLE,
    "levels_spread",
    "Role '{entity}' permissions have changed to '{level}' in '{environments}'. "
    "The following users were affected: {users}",
    facts=("level", "environments", "users"),
    requires="roles.manage",
)
switches_spread = Activity(
    ROLE,
    "switches_spread",
    "Role '{entity}' has changed '{switches}'. The following users were affected: {users}",
    facts=("switches", "users"),
    requires="roles.manage",
)

default_role_replaced = Activity(
    ROLE,
    "default_role_replaced",
    "Users with default role '{entity}', now have default role '{new}'",
    facts=("old", "new", "users"),
    fields=("role",),
    change="Default role",
    requires="roles.manage",
)
team_role_replaced = Activity(
    ROLE,
    "team_role_replaced",
    "Users with role '{entity}' in '{teams}', now have role '{new}' there",
    facts=("old", "new", "teams", "users"),
    fields=("members",),
    change="Role in the team",
    requires="roles.manage",
)
application_role_replaced = Activity(
    ROLE,
    "application_role_replaced",
    "Users with role '{entity}' for '{applications}', now have role '{new}' there",
    facts=("old", "new", "applications", "users"),
    fields=("roles",),
    change="Role for the application",
    requires="roles.manage",
)
