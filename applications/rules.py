"""Who may do what with applications: by the effective level, asked about the application and an environment."""

from typing import Any

from applications.models import Application, ApplicationRole
from audit.activity import permission, predicate
from infrastructure.models import Environment
from roles.models import EnvironmentPermission, Level
from teams.models import Membership


def effective_level(user: Any, application: Application, environment: Environment) -> Level:
    """Return what the user may do with the application in the environment: application role over team role over default
    role (see `effective_permissions`)."""
    if not user.is_active:
        return Level.NO_ACCESS
    row: Any = Application.objects.filter(pk=application.pk).with_effective_level(user, environment).get()
    return Level(row.effective_level)


@predicate
def lists(user: Any, application: Application) -> bool:
    """List Applications or higher in at least one environment."""
    return bool(Application.objects.visible_to(user).filter(pk=application.pk).exists())


@predicate
def changes_and_deploys(user: Any, target: tuple[Application, Environment]) -> bool:
    """Change and Deploy Applications or higher on the application in the environment."""
    application, environment = target
    permitted = Application.objects.at_least(user, Level.CHANGE_AND_DEPLOY, [environment.pk])
    return bool(permitted.filter(pk=application.pk).exists())


@predicate
def creates_applications(user: Any, target: tuple[Application | None, Environment]) -> bool:
    """Create Applications in the environment: in any team by the default role, else in the application's team."""
    application, environment = target
    entered = EnvironmentPermission.objects.filter(
        role=user.role_id, environment=environment, level__gte=Level.ACCESS
    )
    if not user.is_active or not entered.exists():
        return False
    roles = [user.role_id]
    memberships = Membership.objects.filter(user=user)
    if application is not None:
        memberships = memberships.filter(team=application.team_id)
    roles += memberships.values_list("role", flat=True)
    granted = EnvironmentPermission.objects.filter(
        role__in=roles, environment=environment, create_applications=True, level__gte=Level.CHANGE_AND_DEPLOY
    )
    return bool(granted.exists())


@predicate
def manages_roles_of(user: Any, application: Application) -> bool:
    """Manage Teams and Application Roles, held as default role, in the application's team, or for the application."""
    if not user.is_active:
        return False
    if user.role.manage_teams:
        return True
    in_team = Membership.objects.filter(user=user, team=application.team_id, role__manage_teams=True)
    for_it = ApplicationRole.objects.filter(user=user, application=application, role__manage_teams=True)
    return bool(in_team.exists() or for_it.exists())


permission("applications.list", "List Applications for this application", lists)
permission(
    "applications.change_and_deploy",
    "Change and Deploy Applications for this application in this environment",
    changes_and_deploys,
)
permission("applications.create", "Create Applications in this environment", creates_applications)
permission(
    "applications.manage_roles", "Manage Teams and Application Roles for this application", manages_roles_of
)
