"""Everything one can do with roles."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower

from audit.activity import Actor, System
from infrastructure.entries import explained, line
from infrastructure.models import Environment
from roles import activities, granting
from roles.levels import RoleLevel, Wanted, wanted_levels
from roles.models import INFRASTRUCTURE_SWITCHES, EnvironmentPermission, Level, Role

__all__ = [
    "RoleLevel",
    "affected_users",
    "change_role",
    "create_role",
    "delete_role",
    "give_levels",
]

NAME_TAKEN = "There is a role of this name already. Choose another name."
UNCHANGEABLE = "'{}' is a built-in role and cannot be changed. Create a role of your own instead."
UNDELETABLE = "'{}' is a built-in role and cannot be deleted. Give its holders another one instead."


def affected_users(role: Role) -> Any:
    """Return all users and service accounts who hold the role: by default, in a team, or for an application."""
    user: Any = Role._meta.get_field("users").related_model
    return user.objects.filter(
        Q(role=role)
        | Q(pk__in=role.memberships.values("user"))
        | Q(pk__in=role.application_roles.values("user"))
    ).in_order()


def create_role(
    *,
    by: Actor,
    name: str,
    description: str = "",
    manage_infrastructure: bool = False,
    manage_teams: bool = False,
    view_audit_logs: bool = False,
    levels: Mapping[UUID, RoleLevel] | None = None,
) -> Role:
    """Create a role. `levels` by environment key; what it does not name is No Access.

    Raises ValidationError; faults of a level stand at `level_<environment key>` and so for its two switches.
    """
    switches = _switches(manage_infrastructure, manage_teams, view_audit_logs)
    role = Role(**_columns(name, description), **switches)
    with _named_once(), activities.created(role, by=by):
        wanted = wanted_levels(role, levels or {})
        rows = [level.row for level in wanted]
        granting.refuse_above(activities.created, None, role, by=by, levels=rows)
        _check_name_is_free(role.name)
        role.save(force_insert=True)
        for level in wanted:
            level.save()
            _record_level(role, level, by=by)
    return role


def change_role(
    role: Role,
    *,
    by: Actor,
    name: str,
    description: str = "",
    manage_infrastructure: bool = False,
    manage_teams: bool = False,
    view_audit_logs: bool = False,
    levels: Mapping[UUID, RoleLevel] | None = None,
) -> None:
    """Change a role: an event per change, a summary, and by System one that names everybody affected.

    Environments that `levels` does not name keep their level. Raises ValidationError as `create_role` does.
    """
    columns = _columns(name, description)
    switches = _switches(manage_infrastructure, manage_teams, view_audit_logs)
    with _named_once(), activities.updated(role, by=by):
        if role.is_fixed:
            raise ValidationError(UNCHANGEABLE.format(role))
        wanted = wanted_levels(role, levels or {})
        _check_name_is_free(columns["name"], role)
        future, rows = Role(**columns, **switches), [level.row for level in wanted]
        granting.refuse_above(activities.updated, role, future, by=by, levels=rows)
        _change(role, columns, switches, wanted, by=by)


def delete_role(role: Role, *, by: Actor, replacement: Role | None) -> None:
    """Delete a role; whoever holds it gets the replacement instead. Raises ValidationError if one is needed."""
    with explained(), activities.deleted(role, by=by):
        if role.builtin:
            raise ValidationError(UNDELETABLE.format(role))
        if affected_users(role).exists():
            _replace(role, _replacement(role, replacement, by=by), by=by)
        role.delete()


def give_levels(environment: Environment, by: Actor) -> None:  # noqa: ARG001  (the shape of a registration step)
    """Give every role its level in a new environment: Administrator all, everybody else List Applications."""
    for role in Role.objects.in_order():
        everything = role.is_fixed
        level = Wanted(
            EnvironmentPermission(
                role=role,
                environment=environment,
                level=Level.FULL_CONTROL if everything else Level.LIST,
                create_applications=everything,
                add_system_dependencies=everything,
            ),
            RoleLevel(),
        )
        level.save()
        _record_level(role, level, by=System("new environment"))


def _change(
    role: Role, columns: dict[str, str], switches: dict[str, bool], wanted: list[Wanted], *, by: Actor
) -> None:
    before = {name: getattr(role, name) for name in (*columns, *switches)}
    _rename(role, columns["name"], by=by)
    _turn_switches(role, switches, by=by)
    for level in wanted:
        if level.is_changed:
            level.save()
            _record_level(role, level, by=by)
    _spread(role, wanted, [name for name in switches if before[name] != switches[name]])
    role.description = columns["description"]
    if before == {**columns, **switches} and any(level.is_changed for level in wanted):
        activities.updated.record(role, by=by)  # the summary, where no column of the role itself changed


def _columns(name: str, description: str) -> dict[str, str]:
    return {
        "name": line(Role, "name", name, required=True),
        "description": line(Role, "description", description),
    }


def _named_once() -> Any:
    return explained("role_name_unique", name=NAME_TAKEN)


def _switches(manage_infrastructure: bool, manage_teams: bool, view_audit_logs: bool) -> dict[str, bool]:
    if manage_infrastructure and not manage_teams:
        whole, part = switch_words("manage_infrastructure"), switch_words("manage_teams")
        raise ValidationError({"manage_teams": f"'{whole}' includes '{part}': turn it on as well."})
    values = (manage_infrastructure, manage_teams, view_audit_logs)
    return dict(zip(INFRASTRUCTURE_SWITCHES, values, strict=True))


def _check_name_is_free(name: str, role: Role | None = None) -> None:
    others = Role.objects.exclude(pk=role.pk) if role else Role.objects.all()
    if others.filter(name__iexact=name).exists():
        raise ValidationError({"name": NAME_TAKEN})


def _rename(role: Role, name: str, *, by: Actor) -> None:
    with activities.renamed(role, by=by, old=role.name):
        role.name = name


def _turn_switches(role: Role, switches: dict[str, bool], *, by: Actor) -> None:
    # Manage Infrastructure includes Manage Teams: the wider one is turned on last and off first
    order = (
        INFRASTRUCTURE_SWITCHES if not switches["manage_infrastructure"] else INFRASTRUCTURE_SWITCHES[::-1]
    )
    for name in order:
        with activities.switch_changed(role, by=by, switch=switch_words(name), new=_state(switches[name])):
            setattr(role, name, switches[name])


def _record_level(role: Role, level: Wanted, *, by: Actor) -> None:
    environment = level.row.environment
    if level.row.level != level.before.level:
        old, new = Level(level.before.level).label, Level(level.row.level).label
        activities.level_changed.record(role, by=by, old=old, new=new, environment=environment)
    for words, was, now in level.changed_switches():
        activities.environment_switch_changed.record(
            role, by=by, switch=words, old=_state(was), new=_state(now), environment=environment
        )


def switch_words(switch: str) -> str:
    """Return LifeTime's name for a switch of the whole infrastructure."""
    return str(getattr(Role._meta.get_field(switch), "verbose_name", switch))


def _state(on: bool) -> str:
    return "on" if on else "off"


def _spread(role: Role, wanted: Iterable[Wanted], switches: Iterable[str]) -> None:
    users = list(affected_users(role))
    if not users:
        return
    by = System("spread of a role change")
    places: dict[Level, list[Environment]] = {}
    words = [switch_words(name) for name in switches]
    for level in wanted:
        if level.row.level != level.before.level:
            places.setdefault(Level(level.row.level), []).append(level.row.environment)
        words += [f"{switch} in {level.row.environment}" for switch, _, _ in level.changed_switches()]
    for new, environments in places.items():
        activities.levels_spread.record(role, by=by, level=new.label, environments=environments, users=users)
    if words:
        activities.switches_spread.record(role, by=by, switches=words, users=users)


def _replacement(role: Role, replacement: Role | None, *, by: Actor) -> Role:
    if replacement is None or replacement.pk == role.pk:
        raise ValidationError(
            {"replacement": f"'{role}' is held by somebody. Choose the role that they get instead."}
        )
    replacement = granting.locked(replacement, "replacement")
    granting.refuse_above(activities.deleted, role, replacement, by=by)
    for user in affected_users(role):
        granting.refuse_own(activities.deleted, role, user, by=by)
    return replacement


def _replace(role: Role, new: Role, *, by: Actor) -> None:
    by_name = (Lower("user__name"), "user__username")
    if users := list(role.users.in_order()):
        role.users.update(role=new)
        activities.default_role_replaced.record(role, by=by, old=role, new=new, users=users)
    if members := list(role.memberships.select_related("team", "user").order_by(*by_name, "team__name")):
        role.memberships.update(role=new)
        activities.team_role_replaced.record(
            role,
            by=by,
            old=role,
            new=new,
            teams=list(dict.fromkeys(member.team for member in members)),
            users=list(dict.fromkeys(member.user for member in members)),
        )
    grants = role.application_roles.select_related("application", "user")
    if held := list(grants.order_by(*by_name, "application__name")):
        role.application_roles.update(role=new)
        activities.application_role_replaced.record(
            role,
            by=by,
            old=role,
            new=new,
            applications=list(dict.fromkeys(row.application for row in held)),
            users=list(dict.fromkeys(row.user for row in held)),
        )
