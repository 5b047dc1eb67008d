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

accessed = Activity(
    TEAM, "accessed", "Accessed team '{entity}' details", requires="teams.manage", is_update=False
)
