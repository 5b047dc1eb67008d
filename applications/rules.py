"""Who may do what with applications: by the effective level, asked about the application and an environment."""

from typing import Any, cast

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from applications.models import Application, ApplicationRole, EffectivePermission
from audit.activity import permission, predicate
from infrastructure.models import Environment
from roles.models import EnvironmentPermission, Level, Role
from teams.models import Membership, Team
from teams.rules import MANAGE_TEAM


def effective_level(user: Any, application: Application, environment: Environment) -> Level:
    """Return what the user may do with the application in the environment: application role over team role over default
    role (see `EffectivePermission`)."""
    row = EffectivePermission.objects.filter(
        user=user.pk, application=application, environment=environment
    ).first()
    return Level(row.level) if row else Level.NO_ACCESS


@predicate
def lists(user: Any, application: Application) -> bool:
    """List Applications or higher in at least one environment."""
    return bool(Application.objects.visible_to(user).filter(pk=application.pk).exists())


@predicate
def changes_and_deploys(user: Any, target: tuple[Application, Environment | None]) -> bool:
    """Change and Deploy Applications or higher on the application in the environment; in any, where it is not known any
    more (a version's environment was unregistered)."""
    application, environment = target
    environments = [environment.pk] if environment else None
    permitted = Application.objects.at_least(user, Level.CHANGE_AND_DEPLOY, environments)
    return bool(permitted.filter(pk=application.pk).exists())


@predicate
def changes(user: Any, application: Application) -> bool:
    """Change and Deploy Applications or higher on the application in at least one environment: for what belongs to no
    environment, such as its name."""
    permitted = Application.objects.at_least(user, Level.CHANGE_AND_DEPLOY)
    return bool(permitted.filter(pk=application.pk).exists())


def environments_to_create_in(user: Any, application: Application | None = None) -> Any:
    """Return where the user may create applications: by the default role, for any team or none, or by the role held in
    the application's team (without an application: in some team)."""
    if not user.is_active:
        return Environment.objects.none()
    memberships = Membership.objects.filter(user=user)
    if application is not None:
        memberships = memberships.filter(team=application.team_id)
    entered = EnvironmentPermission.objects.filter(role=user.role_id, level__gte=Level.ACCESS)
    granted = EnvironmentPermission.objects.filter(
        Q(role=user.role_id) | Q(role__in=memberships.values("role")),
        create_applications=True,
        level__gte=Level.CHANGE_AND_DEPLOY,
    )
    in_entered = Environment.objects.filter(pk__in=entered.values("environment"))
    return in_entered.filter(pk__in=granted.values("environment"))


def environments_seen(user: Any) -> Any:
    """Return the environments that the user may enter, in order; each knows whether they `may_create` applications in
    it."""
    creating = environments_to_create_in(user).values("pk")
    may_create = ExpressionWrapper(Q(pk__in=creating), BooleanField())
    return Environment.objects.visible_to(user).annotate(may_create=may_create).in_order()


def lists_anywhere(user: Any) -> bool:
    """Say whether a role of the user, the default one or one in a team, lists applications in some environment; so
    that whoever sees none knows whether there are none yet or none for them."""
    in_teams = Membership.objects.filter(user=user).values("role")
    listing = EnvironmentPermission.objects.filter(level__gte=Level.LIST)
    return bool(listing.filter(Q(role=user.role_id) | Q(role__in=in_teams)).exists())


@predicate
def creates_applications(user: Any, target: tuple[Application | None, Environment | None]) -> bool:
    """Create Applications in the environment (in any, where none is named), for the application's team."""
    application, environment = target
    environments = environments_to_create_in(user, application)
    return bool((environments.filter(pk=environment.pk) if environment else environments).exists())


def managing_role(user: Any, application: Application) -> Role | None:
    """Return the role that lets the user grant roles for the application, and so bounds what they may hand out: the
    default role, else the role for it, else the role in its team; None if none does."""
    if not user.is_active:
        return None
    if user.role.manage_teams:
        return cast(Role, user.role)
    for_it = ApplicationRole.objects.filter(user=user, application=application, role=OuterRef("pk"))
    in_team = Membership.objects.filter(user=user, team=application.team_id, role=OuterRef("pk"))
    managing = Role.objects.filter(manage_teams=True).annotate(is_for_it=Exists(for_it))
    held: Role | None = managing.filter(Q(is_for_it=True) | Exists(in_team)).order_by("-is_for_it").first()
    return held


def managed_by(user: Any) -> Q:
    """Return the condition under which the user grants roles for an application: see `managing_role`."""
    granting = ApplicationRole.objects.filter(user=user, role__manage_teams=True)
    if user.role.manage_teams:
        return Q(pk__isnull=False)
    return Q(team__in=Team.objects.visible_to(user)) | Q(pk__in=granting.values("application"))


@predicate
def manages_roles_of(user: Any, application: Application) -> bool:
    """Manage Teams and Application Roles, held as default role, in the application's team, or for the application."""
    return managing_role(user, application) is not None


@predicate
def takes_out_of_team(user: Any, target: tuple[Application, Team]) -> bool:
    """Manage the team that loses the application."""
    return bool(user.has_perm("teams.manage", target[1]))


@predicate
def puts_in_team(user: Any, target: tuple[Application | None, Team]) -> bool:
    """Manage the team that gets the application, list the application, and have a say in who may do what with it.

    Joining a team gives all its members, perhaps the user too, the roles they hold there for the application as well.
    """
    application, team = target
    if not user.has_perm("teams.manage", team):
        return False
    if application is None:
        return True
    return bool(movable_by(user).filter(pk=application.pk).exists())


def movable_by(user: Any) -> Any:
    """Return the applications listed by the user that they may put into a team they manage."""
    return Application.objects.visible_to(user).filter(free_for(user))


def free_for(user: Any) -> Q:
    """Return the condition under which the user may move a listed application: it is in a team they manage, or in none
    and they grant roles for it."""
    return Q(team__in=Team.objects.visible_to(user)) | Q(team=None) & managed_by(user)


permission("applications.list", "List Applications for this application", lists)
permission(
    "applications.change_and_deploy",
    "Change and Deploy Applications for this application in this environment",
    changes_and_deploys,
)
permission(
    "applications.change",
    "Change and Deploy Applications for this application in at least one environment",
    changes,
)
permission("applications.create", "Create Applications in this environment", creates_applications)
permission(
    "applications.manage_roles", "Manage Teams and Application Roles for this application", manages_roles_of
)
permission("applications.take_out_of_team", MANAGE_TEAM, takes_out_of_team)
permission(
    "applications.put_in_team",
    f"{MANAGE_TEAM}; the same for the team that loses the application, or for the application itself if it is in none; "
    "and List Applications for the application",
    puts_in_team,
)
