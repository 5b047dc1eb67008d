"""Whom a change of a role would affect, before it is made."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, prefetch_related_objects

from infrastructure.models import Environment
from roles.effects import Affected, Preview, by_other_roles, counted, rehearsed
from roles.levels import WORDS, RoleLevel, Wanted, level_of, put_levels, wanted_levels
from roles.models import INFRASTRUCTURE_SWITCHES, EnvironmentPermission, Role
from roles.services import UNCHANGEABLE, affected_users, switch_words


def preview_change(
    role: Role,
    *,
    levels: Mapping[UUID, RoleLevel],
    switches: Mapping[str, bool],
    environments: Sequence[Environment] | None = None,
    stored: Sequence[EnvironmentPermission] | None = None,
) -> Preview:
    """Return whom `change_role` would affect, and change nothing. Raises ValidationError as it does for levels.

    `environments` and `stored` as for `wanted_levels`.
    """
    if role.is_fixed:
        raise ValidationError(UNCHANGEABLE.format(role))
    wanted = [level for level in wanted_levels(role, levels, environments, stored) if level.is_changed]
    people, places = affected_users(role), [level.row.environment for level in wanted]
    cells = by_other_roles(people).filter(environment__in=places)
    effects = (
        rehearsed(people, cells, lambda: put_levels(level.row for level in wanted), places) if wanted else []
    )
    return Preview(effects, list(_switched(role, wanted, switches)))


def preview_replacement(role: Role, replacement: Role) -> Preview:
    """Return whom `delete_role` would affect: everybody who holds the role gets what its replacement permits."""
    environments = list(Environment.objects.in_order())
    prefetch_related_objects([role, replacement], "levels")
    held = {row.environment_id: row for row in replacement.levels.all()}
    levels = {place.pk: level_of(held.get(place.pk)) for place in environments}
    switches = {name: getattr(replacement, name) for name in INFRASTRUCTURE_SWITCHES}
    return preview_change(role, levels=levels, switches=switches, environments=environments)


def _switched(role: Role, wanted: Iterable[Wanted], switches: Mapping[str, bool]) -> Iterator[str]:
    """Say of each switch that changes for whom: the widest three and dependencies come from default roles alone, the
    management of teams also from roles in teams and for applications, creating also from roles in teams."""
    turned = [(name, switch_words(name), on) for name, on in switches.items() if getattr(role, name) != on]
    changed = [
        (words, f"{words} in {level.row.environment}", on)
        for level in wanted
        for words, _, on in level.changed_switches()
    ]
    if not turned and not changed:
        return
    holders = (
        affected_users(role)
        .filter(is_active=True)
        .annotate(
            in_team=Exists(role.memberships.filter(user=OuterRef("pk"))),
        )
    )
    rows = list(holders.values_list("pk", "name", "kind", "role", "in_team"))
    own = [Affected(name, key, kind == "user") for key, name, kind, default, _ in rows if default == role.pk]
    in_teams = [
        Affected(name, key, kind == "user")
        for key, name, kind, default, team in rows
        if default == role.pk or team
    ]
    everybody = [Affected(name, key, kind == "user") for key, name, kind, _, _ in rows]
    reach = {"manage_teams": everybody, WORDS["create_applications"]: in_teams}
    for name, words, on in [*turned, *changed]:
        if people := reach.get(name, own):
            yield f"'{words}' is turned {'on' if on else 'off'} for {counted(people)[0]}."
