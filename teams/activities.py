"""Everything that can happen to teams."""

from audit.activity import Activity, Kind
from teams.models import Team
from teams.rules import MANAGE_TEAM

TEAM = Kind(
    model=Team,
    name="team",
    label="Team",
    title="Teams",
    readable=lambda user: Team.objects.visible_to(user),
    visible=lambda user: Team.objects.visible_to(user),
    needs=MANAGE_TEAM,
    url_name="teams:detail",
)
MANAGE = "teams.manage"
ROLE_IN_TEAM = "Role of {user} in {entity}"

accessed = Activity(TEAM, "accessed", "Accessed team '{entity}' details", requires=MANAGE, is_update=False)
created = Activity(TEAM, "created", "Team '{entity}' created", requires="teams.create")
updated = Activity(TEAM, "updated", "Team '{entity}' updated", requires=MANAGE)
renamed = Activity(
    TEAM,
    "renamed",
    "Team '{old}' renamed to '{new}'",
    requires=MANAGE,
    facts=("old", "new"),
    fields=("name",),
    change="Name",
)
described = Activity(
    TEAM,
    "described",
    "Description of team '{entity}' changed",
    requires=MANAGE,
    facts=("old", "new"),
    fields=("description",),
    change="Description",
)
# its members lose the role they held in it, its applications the team
deleted = Activity(
    TEAM,
    "deleted",
    "Team '{entity}' deleted",
    requires="teams.delete",
    facts=("members", "applications"),
    fields=("members", "team"),
)
member_added = Activity(
    TEAM,
    "member_added",
    "Granted {user} the role '{new}' in team '{entity}'",
    requires=MANAGE,
    facts=("user", "new"),
    fields=("members",),
    change=ROLE_IN_TEAM,
)
member_role_changed = Activity(
    TEAM,
    "member_role_changed",
    "Changed the role of {user} in team '{entity}' from '{old}' to '{new}'",
    requires=MANAGE,
    facts=("user", "old", "new"),
    fields=("members",),
    change=ROLE_IN_TEAM,
)
member_removed = Activity(
    TEAM,
    "member_removed",
    "Revoked the role '{old}' of {user} in team '{entity}'",
    requires=MANAGE,
    facts=("user", "old"),
    fields=("members",),
    change=ROLE_IN_TEAM,
)
