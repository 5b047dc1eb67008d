"""Whom a change of roles for an application would affect, before it is made."""

from typing import Any

from applications.models import Application, ApplicationRole, EffectivePermission
from infrastructure.models import Environment
from roles.effects import Preview, rehearsed
from roles.models import Role
from teams.models import Membership, Team
from users.models import User


def preview_application_role(
    application: Application, user: User, role: Role | None, *, reader: Any
) -> Preview:
    """Return what it would change for the user to hold this role for the application, or none any more (None), in the
    environments that the reader enters."""
    held = ApplicationRole.objects.filter(application=application, user=user)
    cells = EffectivePermission.objects.filter(user=user, application=application)

    def act() -> None:
        held.delete()
        if role is not None:
            ApplicationRole.objects.create(application=application, user=user, role=role)

    return Preview(rehearsed(User.objects.filter(pk=user.pk), cells, act, _known_to(reader)))


def preview_team(application: Application, team: Team | None, *, reader: Any) -> Preview:
    """Return what it would change for the application to be in this team, or in none any more (None), in the
    environments that the reader enters."""
    teams = [one.pk for one in (application.team, team) if one is not None]
    people = User.objects.filter(pk__in=Membership.objects.filter(team__in=teams).values("user"))
    cells = EffectivePermission.objects.filter(user__in=people.values("pk"), application=application)
    same = Application.objects.filter(pk=application.pk)
    return Preview(rehearsed(people, cells, lambda: same.update(team=team), _known_to(reader)))


def _known_to(reader: Any) -> Any:
    return Environment.objects.visible_to(reader).in_order()
