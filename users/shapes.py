"""People, and the sign-ins that are blocked, as the LifeTime API writes and takes them."""

from typing import Annotated, Any, NotRequired, TypedDict

from audit.activity.documents import moment
from audit.activity.shapes import Blank, Field, Ignored, Key, Moment, OwnKey, longest
from users.lockout import Blocked
from users.models import User
from users.tokens import LONGEST_MONTHS

Username = Annotated[str, Field("What they sign in with.", "andrea.fleet", longest(User, "username"))]
Name = Annotated[str, Field("What they are called.", "Andrea Fleet", longest(User, "name"))]
Email = Annotated[str, Field("Their e-mail address, if they have one.", "andrea.fleet@example.com")]
IsActive = Annotated[bool, Field("They may sign in.", True)]
RoleKey = Annotated[Key, Field("The key of a role.", "00000000-0000-4000-8000-000000000012")]
RoleName = Annotated[str, Field("The name of the role.", "Developer")]


class ApplicationRoleShape(TypedDict):
    """A role for an application."""

    applicationKey: Key
    applicationName: Annotated[str, Field("The application.", "Claims")]
    roleKey: RoleKey
    roleName: RoleName


class TeamRoleShape(TypedDict):
    """A role in a team."""

    TeamKey: Key
    TeamName: Annotated[str, Field("The team.", "Payments")]
    RoleKey: RoleKey
    RoleName: RoleName


class UserShape(TypedDict):
    """A person."""

    Key: Key
    Username: Username
    Name: Name
    Email: Email
    IsActive: IsActive
    RoleKey: Annotated[RoleKey, Field("The key of the default role.")]
    RoleName: RoleName
    ApplicationRoles: Annotated[
        list[ApplicationRoleShape], Field("Empty unless IncludeApplicationRoles asks for it.")
    ]
    Teams: Annotated[list[TeamRoleShape], Field("Empty unless IncludeTeams asks for it.")]


class NewUserShape(TypedDict):
    """A person to be created."""

    Key: NotRequired[Ignored]
    Username: Username
    Name: Name
    Email: NotRequired[Email | None]
    IsActive: NotRequired[IsActive]
    RoleKey: Annotated[RoleKey, Field("The key of the default role.")]
    RoleName: NotRequired[Ignored]
    ApplicationRoles: NotRequired[Ignored]
    Teams: NotRequired[Ignored]


class ChangedUserShape(TypedDict, total=False):
    """What a person shall be; what is not sent stays as it is."""

    Key: OwnKey
    Username: Username
    Name: Name
    Email: Email
    IsActive: IsActive
    RoleKey: Annotated[RoleKey, Field("The key of the default role.")]
    RoleName: Ignored
    ApplicationRoles: Ignored
    Teams: Ignored


class PasswordShape(TypedDict):
    """A password."""

    password: Annotated[
        str, Field("Long and hard to guess: what is wrong with one is said.", "Seven-Plain-Words-9")
    ]


class RenewalShape(TypedDict):
    """For how long the new token shall work."""

    timePeriod: Annotated[int, Field("How many months.", 3, {"minimum": 1, "maximum": LONGEST_MONTHS})]
    unit: NotRequired[
        Annotated[str, Field("M: months.", choices=("M",), refusal="Tokens are renewed for months: write M.")]
    ]


class RenewedTokenShape(TypedDict):
    """A token, which is shown this once."""

    token: Annotated[str, Field("The token.", "ac_3f2a…")]
    expiresAt: Moment


class LoginAttemptShape(TypedDict):
    """The last failed attempt to sign in from an address."""

    userId: Annotated[str, Field("Who could not sign in; empty for an address as a whole.")]
    username: Annotated[str, Field("Their username, likewise.", "andrea.fleet")]
    success: Annotated[bool, Field("Always false.", False, {"const": False})]
    instant: Moment
    ipAddress: Annotated[str, Field("Where the attempt came from.", "192.0.2.7")]
    usernameFailureCount: Annotated[int, Field("Attempts for this person.", 6, {"minimum": 0})]
    originAddressFailureCount: Annotated[int, Field("Attempts from this address.", 0, {"minimum": 0})]
    userAgent: Annotated[str, Field("The browser or program.", "Mozilla/5.0")]
    visitor: Blank
    requestKey: Blank
    result: Annotated[str, Field("Always the same.", "blocked", {"const": "blocked"})]
    environmentId: Blank
    environmentName: Blank


def user_json(user: User, *, teams: bool, applications: bool) -> UserShape:
    """Return the documented shape; the roles in teams and for applications if they were asked for."""
    return {
        "Key": str(user.key),
        "Username": user.username,
        "Name": user.name,
        "Email": user.email,
        "IsActive": user.is_active,
        "RoleKey": str(user.role_id),
        "RoleName": user.role.name,
        "ApplicationRoles": [application_role_json(held) for held in user.application_roles.all()]
        if applications
        else [],
        "Teams": [membership_json(held) for held in user.memberships.all()] if teams else [],
    }


def application_role_json(held: Any) -> ApplicationRoleShape:
    """Return the documented shape of a role for an application."""
    return {
        "applicationKey": str(held.application_id),
        "applicationName": held.application.name,
        "roleKey": str(held.role_id),
        "roleName": held.role.name,
    }


def membership_json(held: Any) -> TeamRoleShape:
    """Return the documented shape of a role in a team."""
    return {
        "TeamKey": str(held.team_id),
        "TeamName": held.team.name,
        "RoleKey": str(held.role_id),
        "RoleName": held.role.name,
    }


def attempt_json(blocked: Blocked, user: User | None) -> LoginAttemptShape:
    """Return the documented shape of the last failed attempt from an address, and how many there were."""
    return {
        "userId": str(user.key) if user else "",
        "username": user.username if user else "",
        "success": False,
        "instant": moment(blocked.last_at),
        "ipAddress": blocked.address.partition("/")[0],
        "usernameFailureCount": blocked.failures if user else 0,
        "originAddressFailureCount": 0 if user else blocked.failures,
        "userAgent": blocked.user_agent,
        "visitor": "",
        "requestKey": "",
        "result": "blocked",
        "environmentId": "",
        "environmentName": "",
    }
