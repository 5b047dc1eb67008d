"""Whom a change of an account's default role would affect, before it is made."""

from collections.abc import Iterator

from infrastructure.models import Environment
from roles.effects import Preview, by_other_roles, rehearsed
from roles.levels import WORDS
from roles.models import INFRASTRUCTURE_SWITCHES, EnvironmentPermission, Role
from roles.services import switch_words
from users.models import User


def preview_default_role(user: User, role: Role) -> Preview:
    """Return what `change_default_role` would change for the account; nobody inactive may do anything anyway."""
    if user.role_id == role.pk or not user.is_active:
        return Preview()
    people = User.objects.filter(pk=user.pk)
    places = list(Environment.objects.in_order())
    effects = rehearsed(people, by_other_roles(people), lambda: people.update(role=role), places)
    return Preview(effects, list(_switched(user, role, places)))


def _switched(user: User, role: Role, places: list[Environment]) -> Iterator[str]:
    for name in INFRASTRUCTURE_SWITCHES:
        yield from _turned(user, switch_words(name), getattr(user.role, name), getattr(role, name))
    rows = EnvironmentPermission.objects.filter(role__in=[user.role, role])
    held = {(row.role_id, row.environment_id): row for row in rows}
    for environment in places:
        before, after = (held.get((one.pk, environment.pk)) for one in (user.role, role))
        for switch, words in WORDS.items():
            had, has = (bool(row and getattr(row, switch)) for row in (before, after))
            yield from _turned(user, f"{words} in {environment}", had, has)


def _turned(user: User, words: str, had: bool, has: bool) -> Iterator[str]:
    if had != has:
        yield f"'{words}' is turned {'on' if has else 'off'} for {user}."
