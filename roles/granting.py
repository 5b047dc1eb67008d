"""Handing out roles: the one rule for default roles, roles in teams and roles for applications."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q

from audit.activity import Activity, Actor, System
from roles.models import ENVIRONMENT_SWITCHES, EnvironmentPermission, Level, Role, RoleQuerySet

NOT_ABOVE_OWN = "a role that is nowhere above your own"
SOMEBODY_ELSE = "somebody else: nobody changes their own roles"


def grantable(own: Role) -> RoleQuerySet:
    """Return the roles that whoever manages by the role `own` may hand out: those that are within it, asked in SQL."""
    as_high = EnvironmentPermission.objects.filter(
        role=own, environment=OuterRef("environment"), level__gte=OuterRef("level")
    )
    for switch in ENVIRONMENT_SWITCHES:
        as_high = as_high.filter(Q(**{switch: True}) | Q(**{switch: OuterRef(switch)}))
    above = EnvironmentPermission.objects.filter(~Exists(as_high), role=OuterRef("pk")).exclude(
        level=Level.NO_ACCESS
    )
    lacking = [switch for switch in Role.switches_that_matter(own) if not getattr(own, switch)]
    within: RoleQuerySet = Role.objects.filter(~Exists(above), **dict.fromkeys(lacking, False))
    return within.in_order()


def is_above(account: Any, own: Role) -> bool:
    """Say whether the account may anywhere do more than the role `own`: by its default role, by one that it holds in a
    team, or by one for an application. Whoever acts as it would gain what that role has and `own` has not."""
    of_team, of_application = account.memberships.values("role"), account.application_roles.values("role")
    held = Role.objects.filter(Q(pk=account.role_id) | Q(pk__in=of_team) | Q(pk__in=of_application))
    return bool(held.exclude(pk__in=grantable(own).values("pk")).exists())


def locked(role: Role, field: str = "role") -> Role:
    """Return the role as it is now, and keep it from being changed or deleted until the transaction ends.

    Raises ValidationError at `field` if it was deleted meanwhile.
    """
    current: Role | None = Role.objects.select_for_update(no_key=True).filter(pk=role.pk).first()
    if current is None:
        raise ValidationError({field: f"The role '{role}' does not exist any more. Choose another."})
    return current


def refuse_above(
    activity: Activity,
    entity: models.Model | None,
    role: Role,
    /,
    *,
    by: Actor,
    through: Role | None = None,
    levels: Iterable[EnvironmentPermission] | None = None,
    **facts: Any,
) -> None:
    """Raise Refused, on record, unless `role` is nowhere above `through`: the role by which `by` manages there
    (None: the default role). System may hand out anything. `levels` are those of a role that is not saved yet."""
    if isinstance(by, System):
        return
    own = through or getattr(by, "role", None)
    if own is None or not role.is_within(own, levels):
        activity.refuse(entity, by=by, needs=NOT_ABOVE_OWN, **facts)


def refuse_own(
    activity: Activity, entity: models.Model | None, user: models.Model, /, *, by: Actor, **facts: Any
) -> None:
    """Raise Refused, on record, if `user`, whose roles are about to change, is `by`."""
    if by.actor_key is not None and user.pk == by.actor_key:
        activity.refuse(entity, by=by, needs=SOMEBODY_ELSE, **facts)
