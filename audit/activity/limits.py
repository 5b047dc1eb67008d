"""How much a caller may ask for: allowances by the minute or hour, counted in the database for all web processes.

The table is UNLOGGED: taking from an allowance waits for no disk, and after a crash of the server all begin anew.
"""

import time
from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings

from audit.activity.errors import RecordUnavailable, TooManyRequests
from audit.activity.origin import current_origin, network
from audit.activity.prepared import cursor, prepared
from audit.record import WRITABLE


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to a caller in the current window."""

    limit: int
    taken: int
    reset: int  # seconds until the next window

    @property
    def headers(self) -> dict[str, str]:
        """The headers that tell a client."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.limit - self.taken, 0)),
            "RateLimit-Reset": str(self.reset),
        }

    def check(self) -> None:
        """Raise TooManyRequests if the last one taken was one too many."""
        if self.taken > self.limit:
            words = f"Too many requests; come back in {self.reset} seconds."
            raise TooManyRequests(words, seconds=self.reset)


@dataclass(frozen=True, slots=True)
class Window:
    """A bucket of settings.API_LIMITS at a moment: what it allows, since when, and until when in seconds from now."""

    bucket: str
    limit: int
    start: int
    reset: int

    @classmethod
    def now(cls, bucket: str) -> Self:
        """Return the bucket's current window."""
        (limit, seconds), now = settings.API_LIMITS[bucket], int(time.time())
        start = now // seconds * seconds
        return cls(bucket, limit, start, start + seconds - now)

    def allowance(self, taken: int, is_writable: bool) -> Allowance:
        """Return what is left after what a statement said that takes. Raises RecordUnavailable where the record cannot
        be written: the same breath asks for both."""
        if not is_writable:
            raise RecordUnavailable("The record cannot be written, so nothing is done.")
        return Allowance(self.limit, taken, self.reset)


def taking(callers: str) -> str:
    """Return the statement that takes one for the callers that an SQL text gives as (caller, bucket, start of the
    window, 1), and tells how much was taken and whether the record can be written. The row of a caller and a bucket
    begins anew in the next window."""
    return f"""
        INSERT INTO audit_allowance AS mine (caller, bucket, window_start, taken) {callers}
        ON CONFLICT (caller, bucket) DO UPDATE SET
            taken = CASE WHEN mine.window_start = excluded.window_start THEN mine.taken + 1 ELSE 1 END,
            window_start = excluded.window_start
        RETURNING taken, {WRITABLE} AS is_writable
    """


_TAKE = taking("VALUES (%s, %s, %s, 1)")


def take(caller: str, bucket: str) -> Allowance:
    """Take one from the caller's allowance in a bucket. Raises RecordUnavailable."""
    window = Window.now(bucket)
    asking = cursor()
    asking.execute(prepared("allowance", _TAKE), [caller, bucket, window.start])
    return window.allowance(*(asking.fetchone() or (1, False)))


def spend(request: Any) -> None:
    """Take one from the allowance of the request's account in `request.bucket`, unless whoever looked for its token has
    done so. What is left is `request.allowance`. Raises TooManyRequests if it was one too many, RecordUnavailable."""
    if not hasattr(request, "allowance"):
        request.allowance = take(f"account:{request.user.pk}", request.bucket)
    request.allowance.check()


def spend_rejection(request: Any) -> None:
    """Take one from what is rejected of the request's address: each rejection is on record, so guessing would fill it.
    Raises as `spend` does."""
    request.allowance = take(f"address:{network(current_origin().ip)}", "rejected")
    request.allowance.check()


def tell(request: Any, response: Any) -> None:
    """Put into the headers what is left, if anything was taken."""
    for name, value in request.allowance.headers.items() if hasattr(request, "allowance") else ():
        response[name] = value
