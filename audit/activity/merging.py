"""Two people at one form: what each changed since they read it, told apart field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict

from audit.activity.stamps import Plain, Stamp

DECIDE = "decide"  # for all fields in dispute, or `decide-<field>` for one: "mine" or "theirs"


class Moved(Exception):
    """What the form shows has changed since it was compared; compare again."""


@dataclass(frozen=True)
class Dispute:
    """A field that the sender and somebody else have both changed; values as words."""

    name: str
    label: str
    seen: str
    now: str
    typed: str


class Merge:
    """What was sent, compared with what its sender saw and with what is stored `now`.

    A field that only somebody else changed takes their value: `form.data` is adjusted and the label is in `kept`.
    A field that both changed, to different values, is in dispute until the sender decides; nothing may be written
    while `disputes` is not empty. A form without a stamp saw what was stored when it arrived.
    """

    def __init__(self, form: forms.Form, stamp: Stamp | None, now: Mapping[str, Plain]) -> None:
        self.form, self.now = form, now
        self.since = stamp.since if stamp else None
        self.disputes: list[Dispute] = []
        self.disputed: dict[str, Plain] = {}
        self.kept: list[str] = []
        self._data = QueryDict(mutable=True)
        self._data.update(form.data)
        if stamp and stamp.seen:  # else it showed nothing that is stored
            for name in now:
                self._compare(name, stamp)
        form.data = self._data

    def _compare(self, name: str, stamp: Stamp) -> None:
        now, typed = self.now[name], self._typed(name)
        seen = stamp.seen.get(name, now if typed is None else default(self.form, name))
        typed = seen if typed is None else typed
        if name in stamp.disputed:
            decision = self._decision(name)
            if decision is None:
                self._dispute(name, stamp.disputed[name], typed)
                return
            typed = seen if decision == "theirs" else typed
        if typed not in (seen, now) and now != seen:
            self._dispute(name, seen, typed)
        elif typed == seen:
            if now != seen:
                self.kept.append(label(self.form, name))
            self._put(name, now)

    def _typed(self, name: str) -> Plain | None:
        """Return what was sent for the field, or None if the form as it was shown had no such field."""
        widget, key = self.form.fields[name].widget, self.form.add_prefix(name)
        value = widget.value_from_datadict(self._data, self.form.files, key)
        return None if value is None else plain(value)

    def _decision(self, name: str) -> str | None:
        said = self._data.get(f"{DECIDE}-{name}") or self._data.get(DECIDE)
        return said if said in ("mine", "theirs") else None

    def _dispute(self, name: str, seen: Plain, typed: Plain) -> None:
        words = [readable(self.form, name, value) for value in (seen, self.now[name], typed)]
        self.disputed[name] = seen
        self.disputes.append(Dispute(name, label(self.form, name), *words))

    def _put(self, name: str, value: Plain) -> None:
        key = self.form.add_prefix(name)
        if isinstance(value, list):
            self._data.setlist(key, value)
        elif value or not isinstance(self.form.fields[name], forms.BooleanField):
            self._data[key] = value
        else:
            self._data.pop(key, None)  # a box that is not ticked is not sent


def snapshot(form: forms.Form, shown: Mapping[str, Any]) -> dict[str, Plain]:
    """Return the stored values that the form shows, as it would send them; never a secret."""
    names = [name for name in form.fields if name in shown and name not in secrets(form)]
    return {name: plain(form[name].field.prepare_value(shown[name])) for name in names}


def secrets(form: forms.Form) -> list[str]:
    """Return the names of the fields whose content nobody may read off a page."""
    return [name for name, field in form.fields.items() if isinstance(field.widget, forms.PasswordInput)]


def plain(value: Any) -> Plain:
    """Return a value as a form sends it, so that stored and sent ones compare."""
    if isinstance(value, list | tuple | set | models.QuerySet):
        return sorted(str(plain(one)) for one in value)
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, models.Model):
        return str(value.pk)
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def default(form: forms.Form, name: str) -> Plain:
    """Return what the form holds in a field for which nothing is stored."""
    initial = form.fields[name].initial
    return plain(initial() if callable(initial) else initial)


def label(form: forms.Form, name: str) -> str:
    """Return what a person calls the field."""
    return str(form[name].label)


def readable(form: forms.Form, name: str, value: Plain) -> str:
    """Return the value in the words of the form: the label of a choice, on or off, the text itself."""
    field = form.fields[name]
    if isinstance(value, list):
        return ", ".join(readable(form, name, one) for one in value)
    if isinstance(field, forms.BooleanField):
        return "on" if value else "off"
    if isinstance(field, forms.ModelChoiceField) and value:
        return _chosen(field, value)
    if isinstance(field, forms.ChoiceField):
        choices = cast("Iterable[tuple[Any, Any]]", field.choices)
        return next((str(words) for key, words in choices if str(key) == value), value)
    return value


def _chosen(field: "forms.ModelChoiceField[Any]", value: str) -> str:
    try:
        return str(field.label_from_instance(field.to_python(value)))
    except ValidationError:
        return value
