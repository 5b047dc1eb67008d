"""Everything one can do with teams and their members."""

from typing import Any

from django.core.exceptions import ValidationError

from audit.activity import Activity, Actor
from infrastructure.entries import explained, line
from roles.granting import grantable, locked, refuse_above, refuse_own
from roles.models import Role, RoleQuerySet
from teams import activities
from teams.models import Membership, Team
from teams.rules import managing_role
from users.models import User


def create_team(*, by: Actor, name: str, description: str = "") -> Team:
    """Create a team without members. Raises ValidationError."""
    team = Team(**_columns(name, description))
    with _named_once(), activities.created(team, by=by):
        team.save(force_insert=True)
    return team


def change_team(team: Team, *, by: Actor, name: str, description: str) -> None:
    """Rename or describe a team: an event for each, and one for both. Raises ValidationError."""
    columns = _columns(name, description)
    with _named_once(), activities.updated(team, by=by):
        with activities.renamed(team, by=by, old=team.name):
            team.name = columns["name"]
        with activities.description_changed(team, by=by):
            team.description = columns["description"]


def delete_team(team: Team, *, by: Actor) -> None:
    """Delete a team. Its members lose the roles they held in it; its applications stay, without a team."""
    members: list[User] = []
    applications: list[Any] = []
    with explained(), activities.deleted(team, by=by, members=members, applications=applications):
        # from here on nobody can put a member or an application into the team
        Team.objects.select_for_update().get(pk=team.pk)
        members += User.objects.filter(teams=team).in_order()
        applications += team.applications.in_order()
        team.delete()


def add_member(team: Team, *, by: Actor, user: User, role: Role) -> None:
    """Give a user a role in a team: it decides over the team's applications instead of the default role.

    Raises ValidationError, or Refused for oneself and for a role above one's own.
    """
    with explained(), activities.member_added(team, by=by, user=user, new=role):
        _refuse(activities.member_added, team, by, user, role, new=role)
        if not user.is_active:
            raise ValidationError({"user": f"{user} is not active; activate them before adding them."})
        if user.is_builtin:
            raise ValidationError({"user": f"{user} is built in; what it may do cannot be changed."})
        if Membership.objects.filter(team=team, user=user).exists():
            raise ValidationError(
                {"user": f"{user} is in the team already; change their role there instead of adding them."}
            )
        Membership.objects.create(team=team, user=user, role=locked(role))


def change_member_role(team: Team, *, by: Actor, user: User, role: Role) -> None:
    """Give a member another role. Raises ValidationError, or Refused for oneself and for a role above one's own."""
    activities.member_role_changed.ask(team, by=by)
    old = _membership(team, user).role
    if old == role:
        return
    with explained(), activities.member_role_changed(team, by=by, user=user, old=old, new=role):
        _refuse(activities.member_role_changed, team, by, user, role, old=old, new=role)
        membership = _membership(team, user, held=old)
        membership.role = locked(role)
        membership.save(update_fields=["role"])


def remove_member(team: Team, *, by: Actor, user: User) -> None:
    """Take a member's role away. Raises ValidationError, or Refused for oneself."""
    activities.member_removed.ask(team, by=by)
    old = _membership(team, user).role
    with activities.member_removed(team, by=by, user=user, old=old):
        _refuse(activities.member_removed, team, by, user, None, old=old)
        _membership(team, user, held=old).delete()


def grantable_roles(team: Team, by: Actor) -> RoleQuerySet:
    """Return the roles that `by` may hand out in the team: those nowhere above the one they manage it by."""
    own = managing_role(by, team)
    return grantable(own) if own else Role.objects.none()


def _columns(name: str, description: str) -> dict[str, str]:
    return {
        "name": line(Team, "name", name, required=True),
        "description": line(Team, "description", description),
    }


def _named_once() -> Any:
    return explained("team_name_unique", name="Another team has this name; choose a different one.")


def _membership(team: Team, user: User, held: Role | None = None) -> Membership:
    """Return the user's membership, in which they still hold the role `held` that the step's event names."""
    membership: Membership | None = (
        Membership.objects.filter(team=team, user=user).select_related("role").first()
    )
    if membership is None:
        raise ValidationError(
            {"user": f"{user} is not in the team '{team}'; perhaps somebody just removed them."}
        )
    if held is not None and membership.role != held:
        raise ValidationError(
            f"Somebody else just gave {user} the role '{membership.role}'. Look again first."
        )
    return membership


def _refuse(activity: Activity, team: Team, by: Actor, user: User, role: Role | None, **facts: Any) -> None:
    """Refuse, on record, what nobody may do with roles: change their own, or hand out one above their own."""
    refuse_own(activity, team, user, by=by, user=user, **facts)
    if role is not None:
        refuse_above(activity, team, role, by=by, through=managing_role(by, team), user=user, **facts)
