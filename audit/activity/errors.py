"""What can keep an activity from being performed."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404


class Refused(PermissionDenied):
    """The actor lacks the permission that the activity requires. The attempt is on record.

    `permission` is the permission's name ("roles.manage"), `needs` the words a person reads.
    """

    def __init__(self, permission: str, needs: str) -> None:
        super().__init__(f"This needs {needs}.")
        self.permission = permission
        self.needs = needs


class Vanished(Http404):
    """The thing was deleted by somebody else between being read and being locked. Answered with 404."""


class Conflict(Exception):
    """Somebody else changes the same thing at this moment, so nothing was done. Answered with 409."""


class AlreadyDone(ValidationError):
    """What was asked for is so already: somebody else was quicker. Nothing was done.

    A page shows the thing and says so; to an API it is a complaint like any other.
    """


class TooManyRequests(Exception):
    """The caller has to wait. Answered with 429 and Retry-After, which is `seconds`; `message` says why."""

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.message, self.seconds = message, max(1, seconds)


class RecordUnavailable(Exception):
    """The record cannot be written, so the change did not happen. Answered with 503."""
