"""The worker: takes the plans that were launched and carries them out.

The plan row is the job; a session lock of PostgreSQL on the plan's number is the claim. It is held by the very
connection that writes, so whoever has lost the claim has lost the means to write as well, and the server releases it
when the worker dies: no heartbeat, no queue that could disagree (docs/decisions/0003-the-plan-row-is-the-job.md).
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection

from audit.activity import Origin, RecordUnavailable, originating
from deployments.execution import Overtaken, advance, fail_plan
from deployments.models import Plan

logger = logging.getLogger(__name__)

POLL = 0.5  # seconds between two looks for plans
LONGEST_PAUSE = 10  # seconds between two tries to reach a database that fails
CLAIM = 0x504C414E  # "PLAN": the class of our advisory locks; the plan's number is the object
OF_THE_DATABASE = (Error, RecordUnavailable)


class Worker:
    """Carries out plans until `stop` is called; then the application at hand is finished first."""

    def __init__(self) -> None:
        self.stopping = False

    def stop(self) -> None:
        """Ask for the end. Safe in a signal handler."""
        self.stopping = True

    def run(self) -> None:
        """Work until stopped. A database that fails is tried again: a worker never dies silently."""
        pause = POLL
        while not self.stopping:
            try:
                self.round()
                pause = POLL
            except OF_THE_DATABASE as error:
                logger.warning("The database fails, trying again in %.1f s: %s", pause, error)
                connection.close()  # with it goes every claim
                pause = min(2 * pause, LONGEST_PAUSE)
            self._rest(pause)

    def round(self) -> None:
        """Carry out every plan that nobody else is carrying out."""
        for plan in list(Plan.objects.for_worker()):
            if self.stopping:
                return
            with claimed(plan) as is_ours:
                if is_ours:
                    self._carry_out(plan)

    def _carry_out(self, plan: Plan) -> None:
        try:
            with originating(Origin(channel="command")):
                while not self.stopping and advance(plan):
                    pass
        except OF_THE_DATABASE:
            raise
        except Overtaken:
            logger.info("Deployment plan %s was moved on by somebody else", plan)
        except Exception as error:  # whatever is wrong with one plan must not keep the others waiting
            logger.exception("Deployment plan %s cannot be carried on", plan)
            give_up(plan, error)

    def _rest(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < end:
            time.sleep(min(POLL, seconds))


def give_up(plan: Plan, error: Exception) -> None:
    """End a plan that our own code cannot carry on, on record and in its log."""
    try:
        fail_plan(
            plan, f"an unexpected error of the console ({type(error).__name__}), described in its output"
        )
    except Overtaken:
        logger.info("Deployment plan %s has ended meanwhile", plan)


@contextmanager
def claimed(plan: Plan) -> Iterator[bool]:
    """Hold the claim on the plan if nobody else does; yield whether we hold it."""
    is_ours = _ask("pg_try_advisory_lock", plan)
    try:
        yield is_ours
    except OF_THE_DATABASE:
        raise  # the connection is given up, and the claim with it
    except BaseException:
        _release(plan, is_ours)
        raise
    else:
        _release(plan, is_ours)


def _release(plan: Plan, is_ours: bool) -> None:
    if is_ours:
        _ask("pg_advisory_unlock", plan)


def _ask(function: str, plan: Plan) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [CLAIM, plan.number])
        return bool(cursor.fetchone()[0])
