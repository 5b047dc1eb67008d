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
    list_name="teams:list",
)
MANAGE = "teams.manage"
ROLE_IN_TEAM = "Role of {user} in {entity}"

accessed = Activity(TEAM, "accessed", "Accessed team '{entity}' details", requires=MANAGE, is_update=False)
created = Activity(TEAM, "created", "Team '{entity}' created", requires="teams.create")
updated = Activity(TEAM, "updated", "Team '{entity}' updated.", requires=MANAGE)
renamed = Activity(TEAM, "renamed", "Team '{old}' renamed to '{entity}'", facts=("old",), requires=MANAGE)
description_changed = Activity(
    TEAM, "description_changed", "Description of team '{entity}' changed", requires=MANAGE
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
    "{user.sort_first} '{user}' ({user.username}) granted role '{new}' in team '{entity}'",
    requires=MANAGE,
    facts=("user", "new"),
    fields=("members",),
    change=ROLE_IN_TEAM,
)
member_role_changed = Activity(
    TEAM,
    "member_role_changed",
    "Role of {user.sort} '{user}' ({user.username}) in team '{entity}' changed from '{old}' to '{new}'",
    requires=MANAGE,
    facts=("user", "old", "new"),
    fields=("members",),
    change=ROLE_IN_TEAM,
)
member_removed = Activity(
    TEAM,
    "member_removed",
    "Role '{old}' of {user.sort} '{user}' ({user.username}) in team '{entity}' revoked",
    requires=MANAGE,
    facts=("user", "old"),
    fields=("members",),
    change=ROLE_IN_TEAM,
)
