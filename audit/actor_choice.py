"""Choosing whose events a log shows: those of an account, or of what is nobody's account."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import django_filters
from django.contrib.auth import get_user_model
from django.forms import TextInput

from audit.activity import kind_of
from audit.activity.choosing import AccountChoice, account_label

# Actors that are nobody's account, by the value in the address.
NOBODY = {
    "system": ("system", "System"),
    "database": ("database", "Database, outside the console"),
    "unknown": ("anonymous", "Unknown, such as at a failed sign-in"),
}


def accounts() -> Any:
    """Return all accounts, in the order of their names, without what a choice does not show."""
    return get_user_model()._default_manager.defer("password", "description").order_by("name", "username")


class ActorChoice(AccountChoice):
    """Everybody who could have acted. The value is an account, or a word of NOBODY."""

    many_help = ""  # stands in the field itself: filters are one line
    default_error_messages = {"invalid_choice": "Nobody has the key %(value)s."}

    def __init__(self, **options: Any) -> None:
        super().__init__(accounts(), empty_label="Everybody", **options)

    def to_python(self, value: Any) -> Any:
        """Return who is meant. While a list offers everybody, only what it sends is understood."""
        if value in NOBODY:
            return value
        if not isinstance(self.widget, TextInput) and value and not _keys([value]):
            raise self._not_there(value)
        return super().to_python(value)

    def options(self, found: Sequence[Any]) -> list[tuple[Any, Any]]:
        """Return people and programs apart, those at the end who are no longer active or nobody."""
        groups: dict[str, list[tuple[str, str]]] = {"People": [], "No longer active": []}
        for account in found:
            kind = kind_of(account)
            group = (
                "No longer active"
                if not account.is_active
                else "People"
                if kind.name == "user"
                else kind.title
            )
            groups.setdefault(group, []).append((str(account.pk), self.label_from_instance(account)))
        groups["Nobody's account"] = [(value, label) for value, (_, label) in NOBODY.items()]
        return [(group, choices) for group, choices in groups.items() if choices]

    def _ask(self) -> None:
        super()._ask()
        self.widget.attrs["placeholder"] = f"Name, or {', '.join(NOBODY)}"


class ActorFilter(django_filters.Filter):
    field_class = ActorChoice


def named_in(text: str) -> dict[str, str]:
    """Return, of the actors whom a parameter names by values with commas, those that there are, with their labels."""
    words = {value: label for value, (_, label) in NOBODY.items()}
    if keys := _keys(text.split(",")):
        words |= {str(account.pk): account_label(account) for account in accounts().filter(pk__in=keys)}
    return words


def _keys(texts: Sequence[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
