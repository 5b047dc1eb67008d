"""The pages of applications: the matrix, one application, and a page per step."""

from applications.views.pages import ApplicationDetail, ApplicationList
from applications.views.permissions import (
    ChangeRole,
    GrantRole,
    GrantToUser,
    PutInTeam,
    RevokeRole,
    TakeOutOfTeam,
)
from applications.views.steps import Block, Change, Create, DeleteVersion, Publish, Tag, Unblock

__all__ = [
    "ApplicationDetail",
    "ApplicationList",
    "Block",
    "Change",
    "ChangeRole",
    "Create",
    "DeleteVersion",
    "GrantRole",
    "GrantToUser",
    "Publish",
    "PutInTeam",
    "RevokeRole",
    "Tag",
    "TakeOutOfTeam",
    "Unblock",
]
