"""How the LifeTime API writes applications, what runs where, and versions."""

from typing import Annotated, Any, NotRequired, TypedDict
from uuid import UUID

from django.urls import reverse
from rest_framework.request import Request

from applications.models import VERSION_NUMBER, Application, Block, EnvironmentStatus, Version
from audit.activity.documents import moment
from audit.activity.shapes import Blank, Field, Key, KeyOrNone, Moment, Nothing, longest
from infrastructure.shapes import zone_key
from users.shapes import RoleKey

ApplicationName = Annotated[str, Field("Its name.", "Claims", longest(Application, "name"))]
Description = Annotated[
    str, Field("What it does.", "Where customers report damage", longest(Application, "description"))
]
TECHNOLOGIES = tuple(Application.Technology.values)
Number = Annotated[
    str,
    Field(
        "Two or three numbers.",
        "1.5",
        {"pattern": VERSION_NUMBER.regex.pattern.replace(r"\Z", "$"), **longest(Version, "number")},
    ),
]
ChangeLog = Annotated[str, Field("What is new.", "Photos of the damage", longest(Version, "change_log"))]
Reason = Annotated[
    str,
    Field("Why: those who plan a deployment read it.", "Freeze until 7 January", longest(Block, "reason")),
]
NO_PACKAGES = "This console keeps no mobile packages and no modules: send []."
NoPackages = Annotated[list[Any] | None, Field(NO_PACKAGES, [], {"maxItems": 0}, refusal=NO_PACKAGES)]


class StatusShape(TypedDict):
    """What runs in one environment."""

    EnvironmentKey: Key
    BaseApplicationVersionKey: KeyOrNone
    BaseApplicationVersionLabel: Annotated[str, Field("Its number; empty where none was tagged.", "1.5")]
    IsModified: Annotated[bool, Field("It was changed since that version.", True)]
    IsModifiedReason: Annotated[
        str, Field("Empty unless it was changed.", "Module_Modified", choices=("Module_Modified", ""))
    ]
    IsModifiedMessage: Annotated[
        str, Field("The same in words.", "The application was modified since version 1.5")
    ]
    ConsistencyStatus: Blank
    ConsistencyStatusMessages: Blank
    MobileAppsStatus: Nothing
    ModuleStatusInEnvs: Nothing
    DeploymentZoneKey: Annotated[Key, Field("The environment's one zone.")]


class ApplicationShape(TypedDict):
    """An application."""

    Key: Key
    Name: ApplicationName
    Kind: Annotated[str, Field("What it is built as.", "WebResponsive", choices=TECHNOLOGIES)]
    Team: Annotated[str, Field("The team that looks after it; empty where none does.", "Payments")]
    TeamKey: KeyOrNone
    Description: Description
    URLPath: Blank
    IconHash: Blank
    IconURL: Blank
    DetailsURL: Annotated[str, Field("Its page in the console.", "https://console.example.com/applications/")]
    IsSystem: Annotated[bool, Field("Always false.", False, {"const": False})]
    AppStatusInEnvs: Annotated[
        list[StatusShape], Field("What runs where the caller may see it; empty unless IncludeEnvStatus asks.")
    ]


class NewApplicationShape(TypedDict):
    """An application to be created."""

    TemplateKey: Annotated[
        str,
        Field(
            "There are no templates: the kind.",
            "WebResponsive",
            choices=TECHNOLOGIES,
            refusal=f"There are no templates here; write a kind: {', '.join(TECHNOLOGIES)}.",
        ),
    ]
    TeamKey: Annotated[KeyOrNone, Field("The team that shall look after it; empty for none.")]
    Name: ApplicationName
    Color: NotRequired[Annotated[str | None, Field("Not kept.", "#3A7BD5")]]
    Description: NotRequired[Description | None]


class CreatedApplicationShape(TypedDict):
    """The application that was created."""

    ApplicationKey: Key


class VersionShape(TypedDict):
    """A tagged version."""

    Key: Key
    ApplicationKey: Key
    Version: Number
    ChangeLog: ChangeLog
    CreatedOn: Moment
    InUse: Annotated[bool, Field("It runs in some environment.", True)]
    MobileVersions: Nothing
    PrimaryColor: Blank
    NativeHash: Blank
    ModuleVersions: Nothing
    EnvironmentKey: Annotated[
        KeyOrNone, Field("Where it was tagged; empty where the caller may not enter that environment.")
    ]


class NewVersionShape(TypedDict):
    """A version to be tagged."""

    ChangeLog: NotRequired[ChangeLog | None]
    Version: Number
    MobileVersions: NotRequired[NoPackages]
    ModuleVersionKeys: NotRequired[NoPackages]


class TaggedShape(TypedDict):
    """The version that was tagged."""

    ApplicationVersionKey: Key


class ConfigurationShape(TypedDict):
    """Whether an application is kept out of an environment."""

    environmentKey: Key
    isBlocked: Annotated[bool, Field("No plan may take it there.", True)]
    isBlockedChangeReason: Annotated[Reason, Field("Why; empty where it is not blocked.")]


class ConfigurationsShape(TypedDict):
    """The block list of an application."""

    configurations: list[ConfigurationShape]


class SentConfigurationShape(TypedDict):
    """Whether an application shall be kept out of an environment."""

    environmentKey: Key
    isBlocked: Annotated[bool, Field("No plan may take it there.", True)]
    isBlockedChangeReason: NotRequired[Annotated[Reason | None, Field("Why; needed to block it.")]]


class SentConfigurationsShape(TypedDict):
    """What to block and unblock: all of it is done, or nothing."""

    configurations: Annotated[
        list[SentConfigurationShape], Field("Environments that it does not name stay as they are.")
    ]


class PlacedApplicationShape(TypedDict, total=False):
    """An application for a team, by either of two names."""

    Key: Annotated[Key, Field("The key of the application; or ApplicationKey.")]
    ApplicationKey: Annotated[Key, Field("The same, as other clients call it.")]
    Name: Annotated[str | None, Field("Not needed.", "Claims")]


class UserRoleShape(TypedDict):
    """A role for an application."""

    applicationKey: Key
    roleKey: RoleKey


def application_json(application: Application, request: Request) -> ApplicationShape:
    """Return the documented shape; `shown` holds what runs where, as far as it was asked for and may be seen."""
    statuses: list[EnvironmentStatus] = getattr(application, "shown", [])
    return {
        "Key": str(application.key),
        "Name": application.name,
        "Kind": application.technology,
        "Team": application.team.name if application.team else "",
        "TeamKey": str(application.team_id or ""),
        "Description": application.description,
        "URLPath": "",
        "IconHash": "",
        "IconURL": "",
        "DetailsURL": request.build_absolute_uri(reverse("applications:detail", args=[application.key])),
        "IsSystem": False,
        "AppStatusInEnvs": [status_json(status) for status in statuses],
    }


def status_json(status: EnvironmentStatus) -> StatusShape:
    """Return the documented shape of what runs in one environment."""
    label = status.version.number if status.version else ""
    since = f"since version {label}" if label else "and was never tagged"
    return {
        "EnvironmentKey": str(status.environment_id),
        "BaseApplicationVersionKey": str(status.version_id or ""),
        "BaseApplicationVersionLabel": label,
        "IsModified": status.is_modified,
        "IsModifiedReason": "Module_Modified" if status.is_modified else "",
        "IsModifiedMessage": f"The application was modified {since}" if status.is_modified else "",
        "ConsistencyStatus": "",
        "ConsistencyStatusMessages": "",
        "MobileAppsStatus": [],
        "ModuleStatusInEnvs": [],
        "DeploymentZoneKey": zone_key(status.environment_id),
    }


def version_json(version: Any, environments: set[UUID]) -> VersionShape:
    """Return the documented shape; the environment it was tagged in only if it is one of `environments`."""
    tagged_in = version.environment_id if version.environment_id in environments else ""
    return {
        "Key": str(version.key),
        "ApplicationKey": str(version.application_id),
        "Version": version.number,
        "ChangeLog": version.change_log,
        "CreatedOn": moment(version.created_at),
        "InUse": version.in_use,
        "MobileVersions": [],
        "PrimaryColor": "",
        "NativeHash": "",
        "ModuleVersions": [],
        "EnvironmentKey": str(tagged_in),
    }
