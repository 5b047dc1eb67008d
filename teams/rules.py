"""Who may do what with teams."""

from typing import Any

from audit.activity import permission, predicate
from infrastructure.rules import MANAGE_INFRASTRUCTURE, manages_infrastructure
from roles.models import Role
from teams.models import Team

MANAGE_TEAM = "Manage Teams and Application Roles for this team"


@predicate
def manages_team(user: Any, team: Any) -> bool:
    """Manage Teams and Application Roles: for all teams by the default role, for one by the role held in it.

    About no team in particular: whether the user manages any, or would if there were one.
    """
    if user.is_active and user.role.manage_teams:
        return True
    visible = Team.objects.visible_to(user)
    return bool((visible.filter(pk=team.pk) if team else visible).exists())


def managing_role(user: Any, team: Team) -> Role | None:
    """Return the role through which the user manages the team: what they hand out may be nowhere above it."""
    own: Role | None = getattr(user, "role", None)  # System has none, and needs none
    if own is None or own.manage_teams:
        return own
    return Role.objects.filter(memberships__team=team, memberships__user=user, manage_teams=True).first()


permission("teams.create", MANAGE_INFRASTRUCTURE, manages_infrastructure)
permission("teams.delete", MANAGE_INFRASTRUCTURE, manages_infrastructure)
permission("teams.manage", MANAGE_TEAM, manages_team)
