"""What a reader may know of a plan's conflicts: a plan is seen by whoever lists its applications in one of its two
environments, but a conflict tells what runs, is blocked or is under way in a particular one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from applications.models import Application
from audit.activity import Actor
from deployments.conflicts import Conflict
from deployments.models import Plan
from infrastructure.models import Environment
from roles.models import Level


def disclosed(conflicts: Sequence[Conflict], *, to: Actor) -> list[Conflict]:
    """Return the conflicts in sentences without what the reader may not see; System reads everything."""
    if to.actor_kind == "system" or not conflicts:
        return list(conflicts)
    places = {conflict.place for conflict in conflicts if conflict.place}
    entered = set(Environment.objects.visible_to(to).filter(pk__in=[place.pk for place in places]))
    listed = {place.pk: _listed(conflicts, place, to) for place in places}
    plans = _seen_plans(conflicts, to)
    return [_disclosed(conflict, entered, listed, plans) for conflict in conflicts]


def _disclosed(
    conflict: Conflict, entered: set[Environment], listed: dict[UUID, set[UUID]], plans: set[UUID]
) -> Conflict:
    place, application = conflict.place, conflict.application
    if place is None:
        return conflict
    if application is None:
        hidden = f"Something in '{place}', which you may not see, stands in the way."
        return conflict if place in entered else replace(conflict, message=hidden)
    if application.pk not in listed[place.pk]:
        hidden = f"Something in '{place}', which you may not see, keeps '{application}' from being deployed."
        return replace(conflict, message=hidden, plan=None)
    if conflict.plan is not None and conflict.plan.pk not in plans:
        hidden = f"'{application}' is being deployed to '{place}' by another plan: wait until it has ended."
        return replace(conflict, message=hidden, plan=None)
    return conflict


def _listed(conflicts: Iterable[Conflict], place: Environment, reader: Actor) -> set[UUID]:
    keys = [one.application.pk for one in conflicts if one.application and one.place == place]
    listed = Application.objects.filter(pk__in=keys).at_least(reader, Level.LIST, [place.pk])
    return set(listed.values_list("pk", flat=True))


def _seen_plans(conflicts: Iterable[Conflict], reader: Actor) -> set[UUID]:
    keys = {conflict.plan.pk for conflict in conflicts if conflict.plan}
    if not keys:
        return set()
    return set(Plan.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", flat=True))
