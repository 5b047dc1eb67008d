"""The pages of applications: the matrix, one application, and a page per step."""

from applications.views.detail import ApplicationDetail
from applications.views.holders import Permissions
from applications.views.matrix import ApplicationList
from applications.views.permissions import (
    ChangeRole,
    GrantRole,
    GrantToUser,
    JoinTeam,
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
    "JoinTeam",
    "Permissions",
    "Publish",
    "PutInTeam",
    "RevokeRole",
    "Tag",
    "TakeOutOfTeam",
    "Unblock",
]
