"""The worker: takes the plans that were launched and carries them out.

The plan row is the job; a session lock of PostgreSQL on the plan's number is the claim. It is held by the very
connection that writes, so whoever has lost the claim has lost the means to write as well, and the server releases it
when the worker dies: no heartbeat, no queue that could disagree (docs/decisions/0003-the-plan-row-is-the-job.md).
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from audit.activity import Origin, RecordUnavailable, originating
from deployments.execution import Overtaken, advance, give_up
from deployments.force import CLAIM
from deployments.models import Plan

logger = logging.getLogger(__name__)

POLL = 0.5  # seconds between two looks for plans
LONGEST_PAUSE = 10  # seconds between two tries while something fails
PASSING = (OperationalError, InterfaceError, RecordUnavailable)  # not the plan's fault: tried again


class Worker:
    """Carries out plans until `stop` is called; then the application at hand is finished first."""

    def __init__(self) -> None:
        self.stopping = False

    def stop(self) -> None:
        """Ask for the end. Safe in a signal handler."""
        self.stopping = True

    def run(self) -> None:
        """Work until stopped. Whatever fails is said and tried again: a worker never dies silently."""
        pause = POLL
        while not self.stopping:
            try:
                self.round()
                pause = POLL
            except (DatabaseError, *PASSING) as error:
                logger.warning("The database fails, trying again in %.1f s: %s", pause, error)
                pause = self._recover(pause)
            except Exception:
                logger.exception("The worker fails, trying again in %.1f s", pause)
                pause = self._recover(pause)
            self._rest(pause)

    def round(self) -> None:
        """Carry out every plan that nobody else is carrying out. A plan that cannot be recorded just now does not keep
        the others waiting; its error is raised at the end."""
        failure: RecordUnavailable | None = None
        for plan in list(Plan.objects.for_worker()):
            if self.stopping:
                break
            try:
                with claimed(plan) as is_ours:
                    if is_ours:
                        self._carry_out(plan)
            except RecordUnavailable as error:
                failure = error
        if failure is not None:
            raise failure

    def _carry_out(self, plan: Plan) -> None:
        try:
            with originating(Origin(channel="command")):
                while not self.stopping and advance(plan):
                    pass
        except PASSING:
            raise
        except Overtaken:
            logger.info("Deployment plan %s was moved on by somebody else", plan)
        except Exception as error:
            logger.exception("Deployment plan %s cannot be carried on", plan)
            give_up(
                plan, f"an unexpected error of the console ({type(error).__name__}), described in its output"
            )

    @staticmethod
    def _recover(pause: float) -> float:
        connection.close()  # with it goes every claim
        return min(2 * pause, LONGEST_PAUSE)

    def _rest(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < end:
            time.sleep(min(POLL, seconds))


@contextmanager
def claimed(plan: Plan) -> Iterator[bool]:
    """Hold the claim on the plan if nobody else does; yield whether we hold it."""
    is_ours = _ask("pg_try_advisory_lock", plan)
    try:
        yield is_ours
    finally:
        if is_ours and connection.connection is not None and not connection.connection.closed:
            _ask("pg_advisory_unlock", plan)


def _ask(function: str, plan: Plan) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [CLAIM, plan.number])
        return bool(cursor.fetchone()[0])
