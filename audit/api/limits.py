"""How much a caller may ask for: allowances by the minute or hour, counted in the database for all web processes.

The table is UNLOGGED: taking from an allowance waits for no disk, and after a crash of the server all begin anew.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection

# The row of a caller and a bucket counts within a window, and begins anew in the next one.
_TAKE = """
    INSERT INTO audit_allowance AS mine (caller, bucket, window_start, taken)
    VALUES (%(caller)s, %(bucket)s, %(start)s, 1)
    ON CONFLICT (caller, bucket) DO UPDATE SET
        taken = CASE WHEN mine.window_start = excluded.window_start THEN mine.taken + 1 ELSE 1 END,
        window_start = excluded.window_start
    RETURNING taken
"""


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
    """Take one from the caller's allowance in a bucket of settings.RECORD_API_LIMITS, at a time in seconds."""
    limit, seconds = settings.RECORD_API_LIMITS[bucket]
    start = int(now) // seconds * seconds
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"caller": caller, "bucket": bucket, "start": start})
        (taken,) = cursor.fetchone() or (1,)
    return Allowance(limit, taken, max(start + seconds - int(now), 1))
