"""Carrying out a plan, as System. The database says how far a plan is; each call of `advance` does the next thing.

Nothing is remembered between two steps, so that a worker that is killed anywhere is continued by any other.
"""

from django.core.exceptions import ValidationError
from django.utils import timezone

from applications.services import deployed, tag_version
from audit.activity import Activity, System
from deployments import activities
from deployments.log import PlanLog, Type
from deployments.models import Plan, PlannedApplication
from deployments.runners import Job, runner_of

WORKER = System("plan worker")
Status, State, Stage = Plan.Status, PlannedApplication.State, Plan.Stage
UNKNOWN = "the worker was interrupted while the program ran, so its outcome is not known"
INTERRUPTED = "it was interrupted before anything was deployed"


class Overtaken(Exception):
    """Somebody else has moved the plan on: whoever finds out leaves it to them."""


def advance(plan: Plan) -> bool:
    """Do the next thing that the plan needs; say whether there may be more. Raises Overtaken."""
    plan.refresh_from_db()
    if plan.status == Status.ABORTING:
        _stop(plan)
        return False
    if plan.status != Status.RUNNING:
        return False
    if plan.target.in_maintenance:
        _interrupt(plan)
        return True
    return _next(plan)


def fail_plan(plan: Plan, problem: str) -> None:
    """End a plan that cannot be carried on."""
    with activities.finished_with_errors(plan, by=WORKER, problem=problem):
        _expect(plan, Status.RUNNING, Status.ABORTING)
        _end(plan, Status.WITH_ERRORS)
        PlanLog(plan).write(f"Finished with errors: {problem}", Type.ERROR)


def give_up(plan: Plan, problem: str) -> None:
    """End a plan in which our own code or the database fails for good, with the application that was at work."""
    plan.refresh_from_db()
    for one in plan.applications.filter(state=State.RUNNING).in_order():
        _fail(plan, one, problem)
    fail_plan(plan, problem)


def _next(plan: Plan) -> bool:
    planned = list(plan.applications.moving().in_order())
    if failed := [one for one in planned if one.state == State.FAILED]:
        fail_plan(plan, f"'{failed[0].application}' was not deployed")
        return False
    ready = State.PENDING if plan.stage == Stage.PREPARE else State.PREPARED
    for one in planned:
        if one.state == State.RUNNING:
            _resume(plan, one)
            return True
        if one.state in {State.PENDING, ready}:
            _carry_out(plan, one)
            return True
    _finish_stage(plan)
    return False


def _resume(plan: Plan, one: PlannedApplication) -> None:
    """Go on where a worker was killed."""
    runner = runner_of(plan)
    if runner.repeatable:
        PlanLog(plan, one.application).write(f"Repeating {one.application} after an interruption", Type.INFO)
        _run(plan, one)
    else:
        _fail(plan, one, UNKNOWN)


def _carry_out(plan: Plan, one: PlannedApplication) -> None:
    before = State(one.state)
    try:
        _start(plan, one)
    except ValidationError as error:  # such as a number that somebody else tagged meanwhile
        _fail(plan, one, " ".join(error.messages), expected=before)
        return
    _run(plan, one)


def _run(plan: Plan, one: PlannedApplication) -> None:
    if one.version is None:
        raise Overtaken
    log = PlanLog(plan, one.application)
    job = Job(plan, one.application, one.version, plan.source, plan.target)
    problem = runner_of(plan).run(job, log, lambda: halted(plan))
    if not problem:
        try:
            _succeed(plan, one)
        except ValidationError as error:
            problem = " ".join(error.messages)
    if problem:
        _fail(plan, one, problem)


def halted(plan: Plan) -> bool:
    """Say whether the plan was aborted, or its target went into maintenance, since the last step."""
    going = Plan.objects.filter(pk=plan.pk, status=Status.RUNNING, target__in_maintenance=False)
    return not going.exists()


def _start(plan: Plan, one: PlannedApplication) -> None:
    preparing = plan.stage == Stage.PREPARE
    activity = activities.preparation_started if preparing else activities.deploy_started
    with activity(plan, by=WORKER, application=one.application, environment=plan.target):
        _expect(plan, Status.RUNNING)
        if plan.target.in_maintenance:
            raise Overtaken
        if one.application.blocks.filter(environment=plan.target).exists():
            raise ValidationError(f"it was blocked in {plan.target} after the plan was launched")
        _move(one, one.state, State.RUNNING)
        if one.version is None:
            one.version = tag_version(
                one.application,
                by=WORKER,
                environment=plan.source,
                number=one.new_number,
                change_log=f"Tagged by deployment plan {plan}",
            )
            one.save(update_fields=["version"])
        doing = "Preparing {} {} for {}" if preparing else "Deploying {} {} in {}"
        PlanLog(plan, one.application).write(doing.format(one.application, one.version, plan.target))


def _succeed(plan: Plan, one: PlannedApplication) -> None:
    preparing = plan.stage == Stage.PREPARE
    activity = activities.application_prepared if preparing else activities.application_deployed
    with activity(plan, by=WORKER, application=one.application, environment=plan.target):
        _expect(plan, Status.RUNNING, Status.ABORTING)
        _move(one, State.RUNNING, State.PREPARED if preparing else State.DONE)
        if not preparing and one.version is not None:
            _note_replaced(plan, one)
            deployed(one.application, by=WORKER, environment=plan.target, version=one.version)
        done = "Prepared {} {} for {}" if preparing else "Deployed {} {} in {}"
        PlanLog(plan, one.application).write(done.format(one.application, one.number, plan.target))


def _note_replaced(plan: Plan, one: PlannedApplication) -> None:
    """Keep what the deployment takes the place of; nothing else would tell afterwards."""
    before = one.application.statuses.filter(environment=plan.target).select_related("version").first()
    one.replaced = str(before.version) if before and before.version else ""
    one.save(update_fields=["replaced"])


def _fail(
    plan: Plan, one: PlannedApplication, problem: str, *, expected: PlannedApplication.State = State.RUNNING
) -> None:
    with activities.application_failed(
        plan, by=WORKER, application=one.application, environment=plan.target, problem=problem
    ):
        _expect(plan, Status.RUNNING, Status.ABORTING)
        _move(one, expected, State.FAILED)
        PlanLog(plan, one.application).write(f"{one.application}: {problem}", Type.ERROR)


def _finish_stage(plan: Plan) -> None:
    if plan.stage == Stage.PREPARE:
        with activities.prepared(plan, by=WORKER):
            _expect(plan, Status.RUNNING)
            plan.status = Status.WAITING
            PlanLog(plan).write("Prepared: waiting for somebody to continue")
        return
    warned = PlanLog(plan).has_warnings()
    activity: Activity = activities.completed_with_warnings if warned else activities.completed
    with activity(plan, by=WORKER):
        _expect(plan, Status.RUNNING)
        _end(plan, Status.WITH_WARNINGS if warned else Status.SUCCESSFUL)
        PlanLog(plan).write("Finished with warnings" if warned else "Finished")


def _interrupt(plan: Plan) -> None:
    with activities.interrupted(plan, by=WORKER, place=plan.target.name):
        _expect(plan, Status.RUNNING)
        plan.status, plan.aborted_at = Status.ABORTING, timezone.now()
        PlanLog(plan).write(f"{plan.target} is in maintenance mode", Type.ERROR)


def _stop(plan: Plan) -> None:
    """End an aborted plan. What a killed worker left running did not come to its end."""
    for one in plan.applications.filter(state=State.RUNNING).in_order():
        _fail(plan, one, INTERRUPTED if runner_of(plan).repeatable else UNKNOWN)
    moving = plan.applications.moving()
    done = moving.filter(state=State.DONE).count()
    with activities.stopped(plan, by=WORKER, done=done, planned=moving.count()):
        _expect(plan, Status.ABORTING)
        _end(plan, Status.ABORTED)
        PlanLog(plan).write(f"Aborted after {done} of {moving.count()} applications", Type.WARNING)


def _end(plan: Plan, status: Plan.Status) -> None:
    plan.status, plan.finished_at = status, timezone.now()


def _expect(plan: Plan, *statuses: Plan.Status) -> None:
    """Inside a step, so after the lock: the plan is still where this worker believes it to be."""
    if plan.status not in statuses:
        raise Overtaken


def _move(one: PlannedApplication, old: str, new: PlannedApplication.State) -> None:
    """Move the application on, only from where this worker believes it to be."""
    if not PlannedApplication.objects.filter(pk=one.pk, state=old).update(state=new):
        raise Overtaken
    one.state = new
