"""What a plan is asked to do with applications, checked before anything is written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from applications.models import VERSION_NUMBER, Application, Version
from audit.activity import Actor
from deployments import activities
from deployments.models import Plan, PlannedApplication
from roles.models import Level

Kind = PlannedApplication.Operation


@dataclass(frozen=True, slots=True)
class Operation:
    """An option for one application: "deploy" with a version, "tag_and_deploy" with a new number, or "nothing"."""

    application: Application
    operation: str
    version: Version | None = None
    new_number: str = ""

    def planned(self, plan: Plan) -> PlannedApplication:
        """Return the row that says so, holding only what belongs to the option."""
        kind = Kind(self.operation)
        return PlannedApplication(
            plan=plan,
            application=self.application,
            operation=kind,
            version=self.version if kind == Kind.DEPLOY else None,
            new_number=self.new_number if kind == Kind.TAG_AND_DEPLOY else "",
        )


def check(plan: Plan, operations: Sequence[Operation], *, by: Actor) -> None:
    """Raise ValidationError for an application the actor may not list there, one named twice, or half an option."""
    keys = [operation.application.pk for operation in operations]
    if len(set(keys)) < len(keys):
        raise ValidationError({"operations": "Each application can stand in a plan only once."})
    if set(keys) - listed(plan, by=by, among=keys):
        raise ValidationError(
            {
                "operations": "An application does not exist, or you may not list it in the source or the target."
            }
        )
    for operation in operations:
        if problem := _problem(operation):
            raise ValidationError({"operations": f"{operation.application}: {problem}"})


def listed(plan: Plan, *, by: Actor, among: Sequence[UUID]) -> set[UUID]:
    """Return which of the applications the actor may list in the plan's source or target; System lists all."""
    known = Application.objects.filter(pk__in=among)
    if by.actor_kind != "system":
        known = known.at_least(by, Level.LIST, [plan.source_id, plan.target_id])
    return set(known.values_list("pk", flat=True))


def _problem(operation: Operation) -> str:
    if operation.operation not in Kind.values:
        return f"'{operation.operation}' is no option; choose one of {', '.join(Kind.values)}."
    if operation.operation == Kind.DEPLOY:
        return _problem_of_version(operation)
    if operation.operation == Kind.TAG_AND_DEPLOY:
        try:
            VERSION_NUMBER(operation.new_number)
        except ValidationError as error:
            return str(error.messages[0])
    return ""


def _problem_of_version(operation: Operation) -> str:
    if operation.version is None:
        return "Choose the version to deploy."
    existing = Version.objects.filter(pk=operation.version.pk, application=operation.application)
    return "" if existing.exists() else "This version does not exist (any more); choose another one."


def apply(
    plan: Plan, operations: Sequence[Operation], *, by: Actor, among: Collection[UUID] | None = None
) -> None:
    """Make `operations` the whole of what the plan does (with the applications `among`, if given), one event for each
    that differs. Inside a step on the plan."""
    present: dict[Any, PlannedApplication] = {
        one.application_id: one
        for one in plan.applications.in_order()
        if among is None or one.application_id in among
    }
    for operation in operations:
        _select(plan, operation.planned(plan), present.pop(operation.application.pk, None), by=by)
    for gone in present.values():
        with activities.removed(plan, by=by, application=gone.application, old=gone.option, new=""):
            gone.delete()


def _select(plan: Plan, wanted: PlannedApplication, present: PlannedApplication | None, *, by: Actor) -> None:
    if present is not None and _same(wanted, present):
        return
    old = present.option if present else ""
    with activities.selected(plan, by=by, application=wanted.application, old=old, new=wanted.option):
        if present is not None:
            wanted.pk, wanted._state.adding = present.pk, False
        wanted.save()


def _same(one: PlannedApplication, other: PlannedApplication) -> bool:
    names = ("operation", "version_id", "new_number")
    return all(getattr(one, name) == getattr(other, name) for name in names)
