"""Choosing one thing of many: from a list while they are few, else by typing what it is called."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

LISTED = 100  # more than these make a list that nobody reads, and a page that grows with the data
NAMED = 5  # of those that match, in a complaint


class NamedChoice(forms.ModelChoiceField[Any]):
    """A choice among things with names. Of up to 100 there is a list. Of more one types the name, or a part that only
    one has; where several match, the form comes back with a list of them. A key is understood in either case."""

    many_help = "Type the name, or a part of it; where several match, you choose in the next step."

    def __init__(self, queryset: "models.QuerySet[Any]", **options: Any) -> None:
        super().__init__(queryset, **options)
        self._few: Sequence[Any] | None = None
        self._first: Sequence[Any] | None = None  # as many as a list may have, and one more
        self._asked: Any = None  # what was sent by its key

    def exactly(self, text: str) -> Any:
        """Return what has this very name."""
        return self._all().filter(name__iexact=text)

    def roughly(self, text: str) -> Any:
        """Return what has this in its name."""
        return self._all().filter(name__icontains=text)

    def options(self, found: Sequence[Any]) -> list[tuple[Any, Any]]:
        """Return what a list of these offers: values and labels, or groups of them."""
        return [(one.pk, self.label_from_instance(one)) for one in found]

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """Look once how many there are, and ask accordingly."""
        found = self._looked()
        if len(found) <= LISTED:
            self._list(found)
        else:
            self._ask()
        return super().get_bound_field(form, field_name)

    def to_python(self, value: Any) -> Any:
        """Return the thing meant. Raises ValidationError where none is, or several could be."""
        if value in self.empty_values:
            return None
        text = str(value).strip()
        if (key := _key(text)) is not None:
            return self._with(key)
        if "\0" in text:
            raise self._not_there(text.replace("\0", ""))
        if same := list(self.exactly(text)[:2]):
            return same[0] if len(same) == 1 else self._of_several(text, self.exactly(text))
        similar = list(self.roughly(text)[:2])
        if not similar:
            raise ValidationError(f"There is nothing called “{text}” to choose.", code="invalid_choice")
        return similar[0] if len(similar) == 1 else self._of_several(text, self.roughly(text))

    def prepare_value(self, value: Any) -> Any:
        """Show a thing in a text field by its name, also where its key was sent."""
        if isinstance(self.widget, forms.TextInput) and (key := _key(str(getattr(value, "pk", value)))):
            thing = (
                self._asked if self._asked and self._asked.pk == key else self._all().filter(pk=key).first()
            )
            return self.label_from_instance(thing) if thing else ""
        return super().prepare_value(value)

    def _all(self) -> Any:
        return cast("models.QuerySet[Any]", self.queryset).all()

    def _looked(self) -> Sequence[Any]:
        if self._first is None:
            self._first = list(self._all()[: LISTED + 1])
        return self._first

    def _with(self, key: UUID) -> Any:
        first = self._few if self._few is not None else self._looked()
        thing = next((one for one in first if one.pk == key), None)
        if thing is None and len(first) > LISTED:
            thing = self._all().filter(pk=key).first()
        if thing is None:
            raise self._not_there(str(key))
        self._asked = thing
        return thing

    def _not_there(self, text: str) -> ValidationError:
        return ValidationError(
            self.error_messages["invalid_choice"], code="invalid_choice", params={"value": text}
        )

    def _list(self, found: Sequence[Any]) -> None:
        self._few = found
        empty = [] if self.empty_label is None else [("", self.empty_label)]
        self._replace(forms.Select(choices=[*empty, *self.options(found)]))

    def _ask(self) -> None:
        self._replace(forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
        self.help_text = self.help_text or self.many_help

    def _of_several(self, text: str, matching: "models.QuerySet[Any]") -> Any:
        found = list(matching[: LISTED + 1])
        if len(found) > LISTED:
            message = f"More than {LISTED} match “{text}”: type more of the name."
        else:
            names = ", ".join(self.label_from_instance(one) for one in found[:NAMED])
            more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
            message = f"{len(found)} match “{text}”: {names}{more}. Choose one of them."
            self._list(found)
        raise ValidationError(message, code="several")

    def _replace(self, widget: forms.Widget) -> None:
        widget.attrs |= {name: value for name, value in self.widget.attrs.items() if name.startswith("aria-")}
        widget.is_required, widget.is_localized = self.required, self.localize
        self.widget = widget


class AccountChoice(NamedChoice):
    """A choice of people and service accounts, told apart by their usernames."""

    many_help = "Type the username, or a part of the name or e-mail; where several match, you choose in the next step."

    def exactly(self, text: str) -> Any:
        """Return who has this username."""
        return self._all().filter(username__iexact=text.rpartition("(")[2].rstrip(")"))

    def roughly(self, text: str) -> Any:
        """Return who has this in the name, username or e-mail."""
        return self._all().matching(text)

    def label_from_instance(self, account: Any) -> str:
        """Name somebody as the record does."""
        return account_label(account)


def account_label(account: Any) -> str:
    """Tell an account from others of that name."""
    return f"{account.name} ({account.username})"


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
