"""Who may do what with an application, and by which role."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, FilteredRelation, Q, QuerySet, When
from django.db.models.functions import Lower

from applications.models import Application, EffectivePermission
from infrastructure.models import Environment
from roles.models import Level, Role
from teams.models import Team
from users.models import User

HeldAs = EffectivePermission.HeldAs


@dataclass(frozen=True)
class Holder:
    """Somebody, the role that decides what they may do with the application, how they hold it, and what it comes to in
    each environment; no level where they may not be known."""

    user: User
    role: Role
    held_as: HeldAs
    levels: Sequence[tuple[Environment, Level]]


def holders_of(application: Application, team: Team | None, *, everybody: bool) -> "QuerySet[User]":
    """Return who holds a role for the application, or in the team if one is given; with `everybody`, whoever else lists
    it, by the default role. Those with a role of their own come first, then the team's people."""
    known = Q(pk__in=application.roles.values("user"))
    if team is not None:
        known |= Q(pk__in=team.memberships.values("user"))
    if everybody:
        listing = EffectivePermission.objects.filter(application=application, level__gte=Level.LIST)
        known |= Q(pk__in=listing.values("user"))
    annotated = User.objects.filter(known).annotate(
        for_it=FilteredRelation("application_roles", condition=Q(application_roles__application=application)),
        in_team=FilteredRelation("memberships", condition=Q(memberships__team=application.team_id)),
    )
    nearness = Case(When(for_it__isnull=False, then=0), When(in_team__isnull=False, then=1), default=2)
    found: QuerySet[User] = annotated.select_related("role", "for_it__role", "in_team__role").order_by(
        nearness, Lower("name"), "username"
    )
    return found


def described(
    users: Iterable[Any], application: Application, environments: Sequence[Environment]
) -> list[Holder]:
    """Return each user with role and levels in the environments: one query, none for no environments."""
    levels: dict[UUID, dict[UUID, Level]] = defaultdict(dict)
    if environments:
        held = EffectivePermission.objects.filter(
            application=application, user__in=[user.pk for user in users]
        )
        for user, environment, level in held.values_list("user", "environment", "level"):
            levels[user][environment] = Level(level)
    return [
        Holder(
            user,
            *_deciding(user),
            [(one, levels[user.pk].get(one.pk, Level.NO_ACCESS)) for one in environments],
        )
        for user in users
    ]


def _deciding(user: Any) -> tuple[Role, HeldAs]:
    for_it, in_team = getattr(user, "for_it", None), getattr(user, "in_team", None)
    if for_it is not None:
        return for_it.role, HeldAs.APPLICATION
    return (in_team.role, HeldAs.TEAM) if in_team is not None else (user.role, HeldAs.DEFAULT)
