"""How much a caller may ask for: allowances by the minute or hour, counted in the database for all web processes.

The table is UNLOGGED: taking from an allowance waits for no disk, and after a crash of the server all begin anew.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from audit.activity.errors import RecordUnavailable
from audit.activity.prepared import prepared
from audit.record import WRITABLE

# The row of a caller and a bucket counts within a window, and begins anew in the next one.
_TAKE = f"""
    INSERT INTO audit_allowance AS mine (caller, bucket, window_start, taken)
    VALUES (%s, %s, %s, 1)
    ON CONFLICT (caller, bucket) DO UPDATE SET
        taken = CASE WHEN mine.window_start = excluded.window_start THEN mine.taken + 1 ELSE 1 END,
        window_start = excluded.window_start
    RETURNING taken, {WRITABLE}
"""  # noqa: S608  (a condition of our own)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to a caller in the current window."""

    limit: int
    taken: int
    reset: int  # seconds until the next window

    @property
    def is_exceeded(self) -> bool:
        return self.taken > self.limit

    @property
    def headers(self) -> dict[str, str]:
        """The headers that tell a client; Retry-After only where it has to wait."""
        told = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.limit - self.taken, 0)),
            "RateLimit-Reset": str(self.reset),
        }
        return {**told, "Retry-After": str(self.reset)} if self.is_exceeded else told


def take(caller: str, bucket: str, now: float) -> Allowance:
    """Take one from the caller's allowance in a bucket of settings.API_LIMITS, at a time in seconds.

    The same breath asks whether the record can be written. Raises RecordUnavailable where it cannot.
    """
    limit, seconds = settings.API_LIMITS[bucket]
    start = int(now) // seconds * seconds
    with connection.cursor() as cursor:
        cursor.execute(prepared("allowance", _TAKE), [caller, bucket, start])
        taken, is_writable = cursor.fetchone() or (1, False)
    if not is_writable:
        raise RecordUnavailable("The record cannot be written, so nothing is done.")
    return Allowance(limit, taken, max(start + seconds - int(now), 1))
