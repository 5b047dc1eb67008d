"""What a reader may know of a plan's conflicts: a plan is seen by whoever lists its applications in one of its two
environments, but a conflict tells what runs, is blocked or is under way in a particular one."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID

from applications.models import Application
from audit.activity import Actor
from deployments.conflicts import Conflict
from deployments.models import Plan
from infrastructure.models import Environment
from roles.models import Level


@dataclass(frozen=True, slots=True)
class Known:
    """What a reader may know of: environments they enter, applications they list there, other plans they see."""

    entered: Set[UUID]
    listed: Mapping[UUID, Set[UUID]]  # applications by environment
    plans: Set[UUID]

    @classmethod
    def to(cls, reader: Actor, conflicts: Sequence[Conflict]) -> Self:
        """Read it, as far as the conflicts tell of such things."""
        places = {conflict.place.pk for conflict in conflicts if conflict.place}
        entered = Environment.objects.visible_to(reader).filter(pk__in=places).values_list("pk", flat=True)
        listed = {place: _listed(conflicts, place, reader) for place in places}
        return cls(set(entered), listed, _seen_plans(conflicts, reader))


def disclosed(conflicts: Sequence[Conflict], *, to: Actor) -> list[Conflict]:
    """Return the conflicts in sentences without what the reader may not see; System reads everything."""
    if to.actor_kind == "system" or not conflicts:
        return list(conflicts)
    known = Known.to(to, conflicts)
    return [disclose(conflict, known) for conflict in conflicts]


def disclose(conflict: Conflict, known: Known) -> Conflict:
    """Return the conflict as far as its reader may know of it."""
    place, application = conflict.place, conflict.application
    if place is None:
        return conflict
    if application is None:
        hidden = f"Something in '{place}', which you may not see, stands in the way."
        return conflict if place.pk in known.entered else replace(conflict, message=hidden)
    if application.pk not in known.listed.get(place.pk, set()):
        hidden = f"Something in '{place}', which you may not see, keeps '{application}' from being deployed."
        return replace(conflict, message=hidden, plan=None)
    if conflict.plan is not None and conflict.plan.pk not in known.plans:
        hidden = f"'{application}' is being deployed to '{place}' by another plan: wait until it has ended."
        return replace(conflict, message=hidden, plan=None)
    return conflict


def _listed(conflicts: Iterable[Conflict], place: UUID, reader: Actor) -> set[UUID]:
    keys = [
        one.application.pk for one in conflicts if one.application and one.place and one.place.pk == place
    ]
    listed = Application.objects.filter(pk__in=keys).at_least(reader, Level.LIST, [place])
    return set(listed.values_list("pk", flat=True))


def _seen_plans(conflicts: Iterable[Conflict], reader: Actor) -> set[UUID]:
    keys = {conflict.plan.pk for conflict in conflicts if conflict.plan}
    if not keys:
        return set()
    return set(Plan.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", flat=True))
