"""What can be done with applications. Every function is one step: permission, checks, change and event together."""

from applications.services.blocks import block, change_blocks, unblock
from applications.services.life import change_application, create_application, put_in_team, take_out_of_team
from applications.services.roles import change_role, grant_role, revoke_role
from applications.services.versions import delete_version, deployed, report_change, tag_version

__all__ = [
    "block",
    "change_application",
    "change_blocks",
    "change_role",
    "create_application",
    "delete_version",
    "deployed",
    "grant_role",
    "put_in_team",
    "report_change",
    "revoke_role",
    "tag_version",
    "take_out_of_team",
    "unblock",
]
