"""Permissions by name: the rule that answers, and the words a person reads when it says no."""

import rules

_words: dict[str, str] = {}


def permission(name: str, words: str, predicate: rules.Predicate) -> None:
    """Declare the permission `name` ("roles.manage"), asked as `user.has_perm(name, thing)`.

    `words` are LifeTime's name for it ("Manage Infrastructure and Users"); pages and events that refuse say them.
    """
    rules.add_perm(name, predicate)
    _words[name] = words


def needs(name: str) -> str:
    """Return the words for a permission. Raises KeyError for one that no app declared."""
    return _words[name]
