"""Whom a change of a team's members would affect, before it is made."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef

from infrastructure.models import Environment
from roles.effects import Preview, effective_permissions, rehearsed
from roles.levels import WORDS
from roles.models import EnvironmentPermission, Role
from roles.services import switch_words
from teams.models import Membership, Team
from users.models import User


def preview_member(
    team: Team, user: User, role: Role | None, *, reader: Any, membership: Membership | None = None
) -> Preview:
    """Return what it would change for the user to hold this role in the team, or none any more (None), in the
    environments that the reader enters. `membership` is theirs, where it is known already."""
    known = membership or team.memberships.filter(user=user).select_related("role").first()
    held = known.role if known else None
    if held == role or not user.is_active:
        return Preview()

    def act() -> None:
        Membership.objects.filter(team=team, user=user).delete()
        if role is not None:
            Membership.objects.create(team=team, user=user, role=role)

    places = list(_places(reader, held, role))
    switches = [f"{user} {words}" for words in _switched(team, held, role, places)]
    return _rehearsed(team, User.objects.filter(pk=user.pk), act, switches, places)


def preview_deletion(team: Team, *, reader: Any) -> Preview:
    """Return whom `delete_team` would affect in the environments that the reader enters: its applications stay, and for
    its members other roles decide."""
    members = User.objects.filter(pk__in=list(team.memberships.values_list("user", flat=True)))
    places = list(Environment.objects.visible_to(reader).in_order())
    return _rehearsed(team, members, lambda: team.memberships.all().delete(), [], places)


def _rehearsed(
    team: Team, people: Any, act: Callable[[], object], switches: list[str], places: list[Environment]
) -> Preview:
    cells = effective_permissions().filter(user__in=people.values("pk"), application__team=team)
    return Preview(rehearsed(people, cells, act, places), switches)


def _switched(team: Team, old: Role | None, new: Role | None, places: list[Any]) -> Iterator[str]:
    had, has = (bool(role and role.manage_teams) for role in (old, new))
    if had != has:
        yield f"{'gets' if has else 'loses'} '{switch_words('manage_teams')}' for {team}."
    for environment in places:
        if environment.created != environment.creates:
            verb = "gets" if environment.creates else "loses"
            yield f"{verb} '{WORDS['create_applications']}' for {team} in {environment}."


def _places(reader: Any, old: Role | None, new: Role | None) -> Any:
    """Return the environments that the reader enters; each knows whether either role lets one create applications."""
    rows = EnvironmentPermission.objects.filter(environment=OuterRef("pk"), create_applications=True)
    return (
        Environment.objects.visible_to(reader)
        .annotate(created=Exists(rows.filter(role=old)), creates=Exists(rows.filter(role=new)))
        .in_order()
    )
