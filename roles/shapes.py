"""Roles, and the registration of environments, as the LifeTime API writes and takes them."""

from typing import Annotated, Any, NotRequired, TypedDict

from audit.activity.shapes import Field, Ignored, Key, OwnKey, longest
from infrastructure.shapes import PURPOSES, Address, EnvironmentName
from roles.models import EnvironmentPermission, Level, Role

RoleName = Annotated[str, Field("Its name.", "Release manager", longest(Role, "name"))]
Description = Annotated[
    str, Field("Who holds it.", "Takes applications to Production", longest(Role, "description"))
]
ManageInfrastructure = Annotated[
    bool, Field("May manage infrastructure and users; includes the other two.", False)
]
ManageTeams = Annotated[bool, Field("May manage teams and application roles.", True)]
ViewAuditLogs = Annotated[bool, Field("May read the whole record. A field of ours.", True)]
LevelNumber = Annotated[
    int,
    Field(
        "0, No Access, to 6, Full Control.", 5, {"minimum": min(Level.values), "maximum": max(Level.values)}
    ),
]
CreateApplications = Annotated[bool, Field("May create applications there.", True)]
AddDependencies = Annotated[bool, Field("May depend on system applications there.", False)]
MEANINGS = {
    Level.NO_ACCESS: "May not enter the environment.",
    Level.ACCESS: "May enter the environment; sees no application there.",
    Level.LIST: "May see applications and their versions.",
    Level.MONITOR: "May monitor applications, and use what they offer to others.",
    Level.OPEN: "May open and debug applications.",
    Level.CHANGE_AND_DEPLOY: "May change, tag and deploy applications.",
    Level.FULL_CONTROL: "May do everything, the environment's own settings included.",
}


class EnvironmentPermissionShape(TypedDict):
    """What a role permits in an environment."""

    environmentKey: Key
    environmentName: EnvironmentName
    level: LevelNumber
    levelLabel: Annotated[str, Field("The name of the level.", "Change and Deploy Applications")]
    createApplications: CreateApplications
    addDependenciesToSystem: AddDependencies


class RoleShape(TypedDict):
    """A role."""

    key: Key
    name: RoleName
    description: Description
    manageInfrastructure: ManageInfrastructure
    manageTeams: ManageTeams
    viewAuditLogs: ViewAuditLogs
    environmentPermissions: Annotated[
        list[EnvironmentPermissionShape], Field("Empty unless IncludeEnvPermissions asks for it.")
    ]


class SentPermissionShape(TypedDict):
    """What a role shall permit in an environment."""

    environmentKey: Key
    environmentName: NotRequired[Ignored]
    level: LevelNumber
    levelLabel: NotRequired[Ignored]
    createApplications: NotRequired[CreateApplications]
    addDependenciesToSystem: NotRequired[AddDependencies]


class NewRoleShape(TypedDict):
    """A role to be created."""

    key: NotRequired[Ignored]
    name: RoleName
    description: NotRequired[Description]
    manageInfrastructure: NotRequired[ManageInfrastructure]
    manageTeams: NotRequired[ManageTeams]
    viewAuditLogs: NotRequired[ViewAuditLogs]
    environmentPermissions: Annotated[list[SentPermissionShape], Field("The level in every environment.")]


class ChangedRoleShape(TypedDict, total=False):
    """What a role shall be; what is not sent stays as it is."""

    key: OwnKey
    name: RoleName
    description: Description
    manageInfrastructure: ManageInfrastructure
    manageTeams: ManageTeams
    viewAuditLogs: ViewAuditLogs
    environmentPermissions: Annotated[
        list[SentPermissionShape], Field("Environments that it does not name stay as they are.")
    ]


class PermissionLevelShape(TypedDict):
    """A level, which includes all lower ones."""

    level: LevelNumber
    levelLabel: Annotated[str, Field("Its name.", Level.CHANGE_AND_DEPLOY.label)]
    description: Annotated[str, Field("What it permits.", MEANINGS[Level.CHANGE_AND_DEPLOY])]


class RolePermissionShape(TypedDict):
    """What a role shall permit in an environment that is being registered."""

    RoleKey: Key
    PermissionLevel: LevelNumber
    CanCreateApplications: NotRequired[CreateApplications]
    CanAddDependenciesToSystem: NotRequired[AddDependencies]


class RegistrationShape(TypedDict):
    """An environment to be registered."""

    EnvironmentName: EnvironmentName
    EnvironmentAddress: Address
    EnvironmentPosition: Annotated[int, Field("Its place among the environments, from 0.", 0, {"minimum": 0})]
    EnvironmentType: NotRequired[
        Annotated[
            str | None, Field("What it is for; Test if it is left out.", "Test", choices=(*PURPOSES, ""))
        ]
    ]
    ServiceCenterUsername: NotRequired[Annotated[str | None, Field("Not needed, and not kept.", "")]]
    ServiceCenterPassword: NotRequired[Annotated[str | None, Field("Not needed, and not kept.", "")]]
    LifeTimeAddress: NotRequired[Annotated[str | None, Field("Not needed, and not kept.", "")]]
    OverridePreviousLifetime: NotRequired[Annotated[bool, Field("Nothing is overridden here.", False)]]
    EnvironmentRolePermissions: NotRequired[
        Annotated[
            list[RolePermissionShape],
            Field("Roles that it does not name list applications; Administrator has Full Control."),
        ]
    ]


class RegisteredShape(TypedDict):
    """The environment that was registered."""

    EnvironmentKey: Key
    ImportedUsers: Annotated[list[Any], Field("Always empty: nobody is imported.", [], {"maxItems": 0})]


def role_json(role: Role, *, levels: bool) -> RoleShape:
    """Return the documented shape, and `viewAuditLogs`, which is ours; what it permits where, if it was asked for."""
    return {
        "key": str(role.key),
        "name": role.name,
        "description": role.description,
        "manageInfrastructure": role.manage_infrastructure,
        "manageTeams": role.manage_teams,
        "viewAuditLogs": role.view_audit_logs,
        "environmentPermissions": [level_json(row) for row in role.levels.all()] if levels else [],
    }


def level_json(row: EnvironmentPermission) -> EnvironmentPermissionShape:
    """Return the documented shape of what a role permits in one environment."""
    return {
        "environmentKey": str(row.environment_id),
        "environmentName": row.environment.name,
        "level": row.level,
        "levelLabel": Level(row.level).label,
        "createApplications": row.create_applications,
        "addDependenciesToSystem": row.add_system_dependencies,
    }


def permission_level_json(level: Level) -> PermissionLevelShape:
    """Return the documented shape of a level."""
    return {"level": level.value, "levelLabel": str(level.label), "description": MEANINGS[level]}
