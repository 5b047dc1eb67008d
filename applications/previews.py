"""Whom a change of roles for an application would affect, before it is made."""

from applications.models import Application, ApplicationRole, EffectivePermission
from roles.effects import Preview, rehearsed
from roles.models import Role
from users.models import User


def preview_application_role(application: Application, user: User, role: Role | None) -> Preview:
    """Return what it would change for the user to hold this role for the application, or none any more (None)."""
    held = ApplicationRole.objects.filter(application=application, user=user)
    cells = EffectivePermission.objects.filter(user=user, application=application)

    def act() -> None:
        held.delete()
        if role is not None:
            ApplicationRole.objects.create(application=application, user=user, role=role)

    return Preview(rehearsed(User.objects.filter(pk=user.pk), cells, act))
