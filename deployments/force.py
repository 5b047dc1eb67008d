"""Ending a plan whose runner is gone or stuck. Its row says that it has ended, so no worker takes it up again."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from audit.activity import Actor
from deployments import activities
from deployments.log import PlanLog, Type
from deployments.models import Plan, PlanLogEntry, PlannedApplication
from infrastructure.models import ConsoleSettings

CLAIM = 0x504C414E  # "PLAN": the class of our advisory locks; the plan's number is the object
SILENCE = timedelta(minutes=2)  # after which a plan that no worker holds counts as left by all of them
_HOLDERS = """
SELECT pid FROM pg_locks
WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND granted AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def force_finish(plan: Plan, *, by: Actor, reason: str) -> None:
    """End a plan without its worker. What was at work counts as failed, what is done stays done.

    Raises ValidationError without a reason, or while a worker may still be at it: one that holds the plan, for as long
    as its program may take, or any, as long as the plan has not been silent for a while. A worker that holds the plan
    after that loses its connection: it can write nothing more, and ends its program as soon as it notices.
    """
    why = " ".join(reason.split())
    activities.forced.ask(plan, by=by)
    if why and not obstacle(plan):
        _end_holders(plan)  # before the row is locked: whoever is stuck may be stuck with a lock on it
    with activities.forced(plan, by=by, reason=why):
        if not why:
            raise ValidationError({"reason": "Say why: it stays on record."})
        if problem := obstacle(plan):
            raise ValidationError({"status": problem})
        _take_claim(plan)
        at_work = plan.applications.filter(state=PlannedApplication.State.RUNNING)
        for one in at_work.in_order():
            with activities.given_up(plan, by=by, application=one.application, environment=plan.target):
                PlannedApplication.objects.filter(pk=one.pk).update(state=PlannedApplication.State.FAILED)
        plan.status, plan.finished_at = Plan.Status.FORCED, timezone.now()
        PlanLog(plan).write(f"Finished by force: {why}", Type.ERROR)


def obstacle(plan: Plan) -> str:
    """Say why the plan cannot be ended by force now; nothing if it can."""
    if plan.status not in {Plan.Status.RUNNING, Plan.Status.ABORTING}:
        return (
            f"Deployment plan {plan} is '{plan.get_status_display()}'; "
            "only one that is 'Running' or 'Aborting' can be finished by force."
        )
    silent_until = last_sign(plan) + patience(plan)
    if timezone.now() < silent_until:
        return (
            f"Something was heard of deployment plan {plan} not long ago. It can be finished by force "
            f"when it has been silent for {int(patience(plan).total_seconds() // 60)} minutes."
        )
    return ""


def patience(plan: Plan) -> timedelta:
    """Return how long a plan may be silent: as long as its program may take, if a worker holds it."""
    limit = timedelta(seconds=ConsoleSettings.load().runner_timeout) if _holders(plan) else timedelta()
    return limit + SILENCE


def last_sign(plan: Plan) -> datetime:
    """Return when the plan was last heard of."""
    newest = PlanLogEntry.objects.filter(plan=plan).order_by("-at").values_list("at", flat=True).first()
    return latest(plan, newest)


def latest(plan: Plan, entry: datetime | None) -> datetime:
    """Return when the plan was last heard of, given when the newest entry of its log was written."""
    return max(filter(None, [plan.started_at, plan.aborted_at, entry]), default=plan.created_at)


def _holders(plan: Plan) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [CLAIM, plan.number])
        return [pid for (pid,) in cursor.fetchall()]


def _end_holders(plan: Plan) -> None:
    with connection.cursor() as cursor:
        for pid in _holders(plan):
            cursor.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])


def _take_claim(plan: Plan) -> None:
    """Hold the claim until the end of the transaction, so that no worker begins meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [CLAIM, plan.number])
        if not cursor.fetchone()[0]:
            raise ValidationError({"status": f"A worker has just taken up deployment plan {plan} again."})
