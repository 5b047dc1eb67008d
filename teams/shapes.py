"""Teams as the LifeTime API writes and takes them."""

from typing import Annotated, Any, NotRequired, TypedDict

from audit.activity.shapes import Field, Ignored, Key, OwnKey, longest
from teams.models import Membership, Team
from users.shapes import Name, RoleKey, RoleName, Username

TeamName = Annotated[str, Field("Its name.", "Payments", longest(Team, "name"))]
Description = Annotated[str, Field("What it does.", "All that moves money", longest(Team, "description"))]


class MemberShape(TypedDict):
    """Somebody in a team."""

    UserKey: Key
    Name: Name
    Username: Username
    RoleKey: RoleKey
    RoleName: RoleName


class TeamApplicationShape(TypedDict):
    """An application of a team."""

    Key: Key
    Name: Annotated[str, Field("The application.", "Claims")]


class TeamShape(TypedDict):
    """A team."""

    key: Key
    name: TeamName
    description: Description
    users: Annotated[list[MemberShape], Field("Empty unless IncludeUsers asks for it.")]
    applications: Annotated[
        list[TeamApplicationShape], Field("Empty unless IncludeApplications asks for it.")
    ]


class NewTeamShape(TypedDict):
    """A team to be created."""

    key: NotRequired[Ignored]
    name: TeamName
    description: NotRequired[Description | None]
    users: NotRequired[Ignored]
    applications: NotRequired[Ignored]


class ChangedTeamShape(TypedDict, total=False):
    """What a team shall be; what is not sent stays as it is."""

    key: OwnKey
    name: TeamName
    description: Description
    users: Ignored
    applications: Ignored


class TeamUserShape(TypedDict):
    """Who gets which role in a team."""

    userKey: Key
    roleKey: RoleKey


def team_json(team: Team) -> TeamShape:
    """Return the documented shape; who and what is in it as far as it was asked for."""
    members: list[Membership] = getattr(team, "shown_members", [])
    applications: list[Any] = getattr(team, "shown_applications", [])
    return {
        "key": str(team.key),
        "name": team.name,
        "description": team.description,
        "users": [member_json(member) for member in members],
        "applications": [{"Key": str(one.key), "Name": one.name} for one in applications],
    }


def member_json(member: Membership) -> MemberShape:
    """Return the documented shape of a member."""
    return {
        "UserKey": str(member.user_id),
        "Name": member.user.name,
        "Username": member.user.username,
        "RoleKey": str(member.role_id),
        "RoleName": member.role.name,
    }
