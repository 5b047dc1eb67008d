"""Everything that people and programs can do with deployment plans. What the worker does is in execution.py."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from audit.activity import Activity, Actor
from deployments import activities
from deployments import operations as options
from deployments.conflicts import Conflict, validate
from deployments.disclosure import disclosed
from deployments.models import Plan, PlannedApplication
from deployments.operations import Operation
from infrastructure.entries import paragraph
from infrastructure.models import ConsoleSettings, Environment
from users.models import User

__all__ = [
    "Conflict",
    "Operation",
    "abort_plan",
    "choose",
    "continue_plan",
    "create_plan",
    "create_saved_plan",
    "discard_plan",
    "edit_notes",
    "retry_plan",
    "reuse_plan",
    "save_plan",
    "start_plan",
    "validate",
]

Status = Plan.Status


def create_plan(
    *, by: Actor, source: Environment, target: Environment, operations: Sequence[Operation], notes: str = ""
) -> Plan:
    """Begin a plan as a draft. Raises ValidationError for environments or applications the actor may not see."""
    return _begin(activities.created, {}, operations, by=by, source=source, target=target, notes=notes)


def create_saved_plan(
    *, by: Actor, source: Environment, target: Environment, operations: Sequence[Operation], notes: str = ""
) -> Plan:
    """Begin a plan and save it, or neither: what may not be saved leaves no draft behind. Raises as both do."""
    return _begin(
        activities.created, {}, operations, by=by, source=source, target=target, notes=notes, saved=True
    )


def choose(
    plan: Plan,
    *,
    by: Actor,
    operations: Sequence[Operation],
    among: Collection[UUID] | None = None,
    notes: str | None = None,
) -> None:
    """Make `operations` the whole of what the plan does; with keys `among`, only of what it does with those
    applications. Write its notes, if given. Raises ValidationError unless it is a draft or saved.

    A saved plan stays saved, so choosing "Tag & Deploy" in it needs what saving it would need.
    """
    with activities.edited(plan, by=by):
        _require(plan, Status.DRAFT, Status.SAVED, to="edited")
        _check_maintenance(plan, by=by)
        options.check(plan, operations, by=by)
        options.apply(plan, operations, by=by, among=among)
        if notes is not None:
            edit_notes(plan, by=by, notes=notes)
        if plan.status == Status.SAVED:
            activities.saved.ask(plan, by=by)


def edit_notes(plan: Plan, *, by: Actor, notes: str) -> None:
    """Write the plan's notes, at any time of its life."""
    with activities.notes_edited(plan, by=by):
        plan.notes = paragraph(Plan, "notes", notes)


def save_plan(
    plan: Plan,
    *,
    by: Actor,
    notes: str | None = None,
    operations: Sequence[Operation] | None = None,
    among: Collection[UUID] | None = None,
) -> None:
    """Keep a draft as a saved plan, or save one again; before that choose its options and write its notes, if given.
    Raises ValidationError if it was launched already."""
    with activities.saved(plan, by=by):
        _require(plan, Status.DRAFT, Status.SAVED, to="saved")
        if operations is not None:
            choose(plan, by=by, operations=operations, among=among)
        activities.saved.ask(plan, by=by)  # again: options may have been chosen before the lock was ours
        if notes is not None:
            edit_notes(plan, by=by, notes=notes)
        plan.status, plan.saved_by, plan.saved_at = Status.SAVED, _user(by), timezone.now()


def start_plan(plan: Plan, *, by: Actor) -> None:
    """Launch a plan; the worker carries it out. Raises ValidationError with the conflicts while there are any."""
    with activities.launched(plan, by=by):
        _require(plan, Status.DRAFT, Status.SAVED, to="launched")
        activities.launched.ask(plan, by=by)  # again: options may have been chosen before the lock was ours
        target = _locked_target(plan)
        _refuse_conflicts(plan, by)
        settings = ConsoleSettings.load()
        plan.runner, plan.runner_program = settings.runner, settings.runner_program
        plan.status, plan.started_by, plan.started_at = Status.RUNNING, _user(by), timezone.now()
        plan.stage = Plan.Stage.PREPARE if target.two_stage else Plan.Stage.DEPLOY


def continue_plan(plan: Plan, *, by: Actor) -> None:
    """Begin the second stage of a prepared plan. Raises ValidationError if it is not waiting, or has conflicts."""
    with activities.continued(plan, by=by):
        _require(plan, Status.WAITING, to="continued")
        _locked_target(plan)
        _refuse_conflicts(plan, by)
        plan.status, plan.stage = Status.RUNNING, Plan.Stage.DEPLOY


def abort_plan(plan: Plan, *, by: Actor) -> None:
    """Ask for the end of a plan that is under way; the worker stops it, also in the middle of an application."""
    with activities.aborted(plan, by=by):
        _require(plan, Status.RUNNING, Status.WAITING, to="aborted")
        plan.status, plan.aborted_by, plan.aborted_at = Status.ABORTING, _user(by), timezone.now()


def discard_plan(plan: Plan, *, by: Actor) -> None:
    """Delete a plan that was never launched. Its record stays."""
    with activities.discarded(plan, by=by):
        _require(plan, Status.DRAFT, Status.SAVED, to="discarded")
        plan.delete()


def reuse_plan(
    plan: Plan, *, by: Actor, source: Environment | None = None, target: Environment | None = None
) -> Plan:
    """Begin a draft with the applications of a plan that came to its end, between the same or other environments."""
    activities.accessed.ask(plan, by=by)
    _require(plan, Status.SUCCESSFUL, Status.WITH_WARNINGS, Status.WITH_ERRORS, Status.FORCED, to="reused")
    facts, places = {"original": str(plan)}, (source or plan.source, target or plan.target)
    return _begin(
        activities.reused, facts, _again(plan), by=by, source=places[0], target=places[1], notes=plan.notes
    )


def retry_plan(plan: Plan, *, by: Actor) -> Plan:
    """Begin a draft with the applications of an aborted plan, from and to the same environments."""
    activities.accessed.ask(plan, by=by)
    _require(plan, Status.ABORTED, to="retried")
    facts, places = {"original": str(plan)}, (plan.source, plan.target)
    return _begin(
        activities.retried, facts, _again(plan), by=by, source=places[0], target=places[1], notes=plan.notes
    )


def _begin(
    activity: Activity,
    facts: dict[str, str],
    operations: Sequence[Operation],
    *,
    by: Actor,
    source: Environment,
    target: Environment,
    notes: str,
    saved: bool = False,
) -> Plan:
    plan = Plan(
        number=_next_number(),
        source=source,
        target=target,
        created_by=_creator(by),
        notes=paragraph(Plan, "notes", notes),
    )
    with activity(plan, by=by, **facts):
        _check_places(plan, by=by)
        _check_maintenance(plan, by=by)
        options.check(plan, operations, by=by)
        plan.save(force_insert=True)
        options.apply(plan, operations, by=by)
        if saved:
            save_plan(plan, by=by)
    return plan


def _check_places(plan: Plan, *, by: Actor) -> None:
    keys = {"source": plan.source_id, "target": plan.target_id}
    visible = Environment.objects.filter(pk__in=keys.values())
    if by.actor_kind != "system":
        visible = visible.visible_to(by)
    seen = set(visible.values_list("pk", flat=True))
    unseen = "This environment does not exist, or you may not see it. Choose another one."
    problems = {name: unseen for name, key in keys.items() if key not in seen}
    if plan.source_id == plan.target_id:
        problems["target"] = "The target has to be another environment than the source."
    if problems:
        raise ValidationError(problems)


def _check_maintenance(plan: Plan, *, by: Actor) -> None:
    """Maintenance of an environment keeps plans from and to it as they are."""
    closed = Environment.objects.filter(pk__in=[plan.source_id, plan.target_id], in_maintenance=True)
    for place in closed.in_order():
        why = f"'{place}' is in maintenance mode ({place.maintenance_reason})"
        if by.actor_kind != "system" and not closed.visible_to(by).filter(pk=place.pk).exists():
            why = f"Something in '{place}', which you may not see, stands in the way"
        raise ValidationError(f"{why}: plans from or to it can be edited when that has ended.")


def _again(plan: Plan) -> list[Operation]:
    """The plan's options for a new one: what was tagged already is deployed as the version it became."""
    kind = PlannedApplication.Operation
    return [
        Operation(one.application, kind.DEPLOY, version=one.version)
        if one.version
        else Operation(one.application, kind.TAG_AND_DEPLOY, new_number=one.new_number)
        for one in plan.applications.moving().in_order()
    ]


def _refuse_conflicts(plan: Plan, by: Actor) -> None:
    if conflicts := disclosed(validate(plan), to=by):
        raise ValidationError({"conflicts": [conflict.message for conflict in conflicts]})


def _locked_target(plan: Plan) -> Environment:
    """Lock the target, so that of two plans for one application the second sees the first, and maintenance mode
    begins before a launch or after it."""
    target: Environment = Environment.objects.select_for_update(no_key=True).get(pk=plan.target_id)
    return target


def _require(plan: Plan, *statuses: Plan.Status, to: str) -> None:
    if plan.status in statuses:
        return
    words = " or ".join(f"'{status.label}'" for status in statuses)
    raise ValidationError(
        {
            "status": f"Deployment plan {plan} is '{plan.get_status_display()}'; only one that is {words} can be {to}."
        }
    )


def _user(by: Actor) -> User | None:
    return by if isinstance(by, User) else None


def _creator(by: Actor) -> User:
    if not isinstance(by, User):
        raise TypeError("A plan is created by a person or a service account.")
    return by


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('deployments_plan_number')")
        return int(cursor.fetchone()[0])
