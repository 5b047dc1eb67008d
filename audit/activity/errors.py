"""What can keep an activity from being performed."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

if TYPE_CHECKING:
    from audit.activity.occurrence import Occurrence


class Refused(PermissionDenied):
    """The actor lacks the permission that the activity requires. The attempt is on record.

    `permission` is the permission's name ("roles.manage"), `needs` the words a person reads.
    """

    def __init__(self, permission: str, needs: str, occurrence: "Occurrence | None" = None) -> None:
        super().__init__(f"This needs {needs}.")
        self.permission = permission
        self.needs = needs
        self.occurrence = occurrence


class RecordUnavailable(Exception):
    """The record cannot be written, so the change did not happen. Answered with 503."""
