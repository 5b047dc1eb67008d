"""Applications, their versions, what runs where and who may do what with them, in the LifeTime API."""

from applications.api.configurations import Configurations
from applications.api.landscape import (
    ApplicationDetail,
    Applications,
    EnvironmentApplicationDetail,
    EnvironmentApplications,
)
from applications.api.places import TeamApplication, TeamApplications
from applications.api.roles import UserApplication, UserApplications
from applications.api.versions import RunningVersions, VersionDetail, Versions

__all__ = [
    "ApplicationDetail",
    "Applications",
    "Configurations",
    "EnvironmentApplicationDetail",
    "EnvironmentApplications",
    "RunningVersions",
    "TeamApplication",
    "TeamApplications",
    "UserApplication",
    "UserApplications",
    "VersionDetail",
    "Versions",
]
