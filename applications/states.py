"""Finding applications by the state they are in: in one environment, in any, or between two. Only what the reader may
list somewhere counts there, so no answer tells what a cell of the matrix would not."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, TextChoices

from applications.models import Block, EffectivePermission, EnvironmentStatus
from infrastructure.models import Environment
from roles.models import Level


class State(TextChoices):
    """What one can look for."""

    CHANGED = "changed", "Changed since the tag"
    DIFFERS = "differs", "Differs between environments"
    BLOCKED = "blocked", "Blocked"
    ABSENT = "absent", "Not deployed"


def in_state(
    state: str,
    reader: Any,
    environments: Sequence[Environment],
    where: Environment | None,
    than: Environment | None,
) -> Q | Exists:
    """Return the condition under which an application is in the state for the reader: in the environment `where`, or in
    any of `environments`, which come in their order. What differs does so between `where` and `than`, else between
    neighbours."""
    if state == State.DIFFERS:
        return _differs(reader, _pairs(environments, where, than))
    here = {"environment__in": [environment.pk for environment in ([where] if where else environments)]}
    of_it = {"application": OuterRef("pk")}
    seen = EnvironmentStatus.objects.visible_to(reader).filter(**of_it, **here)
    listed = EffectivePermission.objects.filter(user=reader.pk, level__gte=Level.LIST, **of_it, **here)
    at_the_place = {"application": OuterRef("application"), "environment": OuterRef("environment")}
    if state == State.CHANGED:
        return Exists(seen.filter(is_modified=True, version__isnull=False))
    if state == State.BLOCKED:
        return Exists(listed.filter(Exists(Block.objects.filter(**at_the_place))))
    return Exists(listed.exclude(Exists(EnvironmentStatus.objects.filter(**at_the_place))))


def _pairs(
    in_order: Sequence[Environment], where: Environment | None, than: Environment | None
) -> list[tuple[UUID, UUID]]:
    """Return which environments to compare: the two named, else all neighbours, else those of the one named."""
    if where and than:
        return [(where.pk, than.pk)]
    named = where or than
    neighbours = pairwise(in_order)
    return [(one.pk, other.pk) for one, other in neighbours if named is None or named in (one, other)]


def _differs(reader: Any, pairs: list[tuple[UUID, UUID]]) -> Q | Exists:
    found = Q(pk__in=[])
    for one, other in pairs:
        found |= Q(_listed(reader, one)) & Q(_listed(reader, other)) & Q(_unlike(one, other))
    return found


def _listed(reader: Any, environment: UUID) -> Exists:
    return Exists(
        EffectivePermission.objects.filter(
            user=reader.pk, application=OuterRef("pk"), environment=environment, level__gte=Level.LIST
        )
    )


def _unlike(one: UUID, other: UUID) -> Q:
    """Something runs in one and nothing in the other, or another version, or a change that only one can have."""
    return Q(_more(one, other)) | Q(_more(other, one))


def _more(one: UUID, other: UUID) -> Exists:
    there = EnvironmentStatus.objects.filter(application=OuterRef("application"), environment=other)
    same = there.filter(version=OuterRef("version"), is_modified=False)
    here = EnvironmentStatus.objects.filter(application=OuterRef("pk"), environment=one)
    return Exists(here.exclude(Q(Exists(same)) & Q(is_modified=False)))
