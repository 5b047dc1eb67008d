"""People get, change and lose a role for one application."""

from typing import Any

from django.core.exceptions import ValidationError

from applications import activities
from applications.models import Application, ApplicationRole
from applications.rules import managing_role
from audit.activity import Activity, Actor
from infrastructure.entries import explained
from roles import granting
from roles.models import Role, RoleQuerySet
from users.models import User


def grant_role(application: Application, *, by: Actor, user: User, role: Role) -> None:
    """Give the user a role for this application: it decides instead of the role in the team and the default role.

    Raises ValidationError if the user has one already or is deactivated; Refused if the role is above the granter's
    own, and for one's own roles.
    """
    with explained(), activities.role_granted(application, by=by, user=user, old=None, new=role):
        _refuse_handing_out(activities.role_granted, application, by, user, None, role)
        if not user.is_active:
            raise ValidationError({"user": f"{user} is deactivated; activate the account first."})
        if user.is_builtin:
            raise ValidationError({"user": f"{user} is built in; what it may do cannot be changed."})
        if application.roles.filter(user=user).exists():
            raise ValidationError({"user": f"{user} has a role for {application} already; change that one."})
        ApplicationRole.objects.create(application=application, user=user, role=role)


def change_role(application: Application, *, by: Actor, user: User, role: Role) -> None:
    """Replace the user's role for this application; the role they have already changes nothing.

    Raises ValidationError if the user has none; Refused as when granting.
    """
    held = _held(application, user)
    if held.role_id == role.pk:
        activities.role_changed.ask(application, by=by)
        return
    step = activities.role_changed(application, by=by, user=user, old=held.role, new=role)
    with explained(), step:
        held = _held(application, user)
        step.facts["old"] = held.role
        _refuse_handing_out(activities.role_changed, application, by, user, held.role, role)
        held.role = role
        held.save(update_fields=["role"])


def revoke_role(application: Application, *, by: Actor, user: User) -> None:
    """Take the user's role for this application away.

    Raises ValidationError if the user has none; Refused for one's own.
    """
    step = activities.role_revoked(application, by=by, user=user, old=None, new=None)
    with step:
        held = _held(application, user)
        step.facts["old"] = held.role
        _refuse_handing_out(activities.role_revoked, application, by, user, held.role, None)
        held.delete()


def _held(application: Application, user: User) -> ApplicationRole:
    held: ApplicationRole | None = application.roles.filter(user=user).select_related("role").first()
    if held is None:
        raise ValidationError({"user": f"{user} has no role for {application}; grant one instead."})
    return held


def _refuse_handing_out(
    activity: Activity, application: Application, by: Actor, user: User, old: Role | None, new: Role | None
) -> None:
    """Refuse, on record, what nobody may do with roles: change their own, or hand out one above their own."""
    facts: dict[str, Any] = {"user": user, "old": old, "new": new}
    granting.refuse_own(activity, application, user, by=by, **facts)
    if new is not None and isinstance(by, User):
        granting.refuse_above(
            activity, application, new, by=by, through=managing_role(by, application), **facts
        )


def grantable_roles(application: Application, by: User) -> RoleQuerySet:
    """Return the roles that `by` may hand out for the application."""
    own = managing_role(by, application)
    return granting.grantable(own) if own else Role.objects.none()
