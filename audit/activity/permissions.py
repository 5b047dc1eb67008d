"""Permissions by name: the rule that answers, and the words a person reads when it says no."""

from collections.abc import Callable
from typing import Any, Protocol, cast

import rules

_words: dict[str, str] = {}


class Predicate(Protocol):
    """A yes-or-no question about an actor and perhaps a thing; predicates combine by `&`, `|` and `~`."""

    def __call__(self, *about: Any) -> bool: ...
    def __and__(self, other: "Predicate") -> "Predicate": ...
    def __or__(self, other: "Predicate") -> "Predicate": ...
    def __invert__(self) -> "Predicate": ...


def predicate(question: Callable[..., bool]) -> Predicate:
    """Make a function (actor, thing) a predicate of the `rules` library, whose own decorator carries no types."""
    return cast(Predicate, rules.predicate(question))


def permission(name: str, words: str, answer: Predicate) -> None:
    """Declare the permission `name` ("roles.manage"), asked as `user.has_perm(name, thing)`.

    `words` are LifeTime's name for it ("Manage Infrastructure and Users"); pages and events that refuse say them.
    """
    rules.add_perm(name, answer)
    _words[name] = words


def needs(name: str) -> str:
    """Return the words for a permission. Raises KeyError for one that no app declared."""
    return _words[name]


def held(user: Any) -> list[str]:
    """Return the permissions that the user holds and that ask for no particular thing: their default role decides."""
    return sorted(
        name
        for name in _words
        if _asks_for_nothing(rules.permissions.permissions[name]) and user.has_perm(name)
    )


def _asks_for_nothing(answer: Any) -> bool:
    # what combines several takes any number of things; those that are declared combine questions about the user alone
    return bool(answer.num_args == 1 or answer.var_args)
