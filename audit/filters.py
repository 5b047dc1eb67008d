"""The filters of the infrastructure-wide log. One filter object compiles to SQL and serves page, count and export.

Nothing that is asked for is ignored: unknown and repeated parameters, and senseless values, are refused by name.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format

from audit.activity import kind_of, kinds
from audit.models import Event, EventQuerySet

DEFAULT_DAYS = 7
_SEPARATORS = re.compile(r"[\s!-/:-@\[-`{-~]+")  # blanks and ASCII punctuation, as in models.SentenceWords
# Actors that are nobody's account, by the value in the address.
NOBODY = {
    "system": ("system", "System"),
    "database": ("database", "Database, outside the console"),
    "unknown": ("anonymous", "Unknown, such as at a failed sign-in"),
}


class Checkbox(forms.CheckboxInput):
    """A checkbox whose value is read as it stands, so that a wrong one can be refused."""

    def __init__(self) -> None:
        super().__init__(attrs={"value": "1"}, check_test=lambda value: value == "1")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # noqa: ARG002
        return data.get(name, "")

    def format_value(self, value: Any) -> str | None:  # noqa: ARG002
        return None  # the value is an attribute, whether ticked or not


class SwitchField(forms.Field):
    """On with 1, off when empty or absent, nothing else."""

    widget = Checkbox

    def to_python(self, value: Any) -> bool:
        if value not in {"", None, "1"}:
            raise ValidationError("Write 1 to switch this on, or leave it out.")
        return bool(value == "1")


class SwitchFilter(django_filters.Filter):
    field_class = SwitchField


class DayFilter(django_filters.DateFilter):
    """A day in the reader's time zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            input_formats=["%Y-%m-%d"],
            error_messages={"invalid": "Write the day as in 2026-11-22."},
            validators=[
                MinValueValidator(date(1970, 1, 1), "Write a day from 1970-01-01 on."),
                MaxValueValidator(date(2999, 12, 31), "Write a day up to 2999-12-31."),
            ],
            **kwargs,
        )


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, in words, with the parameters that remain without it."""

    text: str
    without: str


class FilterForm(forms.Form):
    """The filters together."""

    def clean_message(self) -> str:
        message: str = self.cleaned_data["message"]
        if message and not words(message):
            raise ValidationError("Write at least one word or number: punctuation is not searched.")
        return message

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "This day is before the one in From, so nothing could match.")
        return cleaned


def _users() -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {"People": [], "No longer active": []}
    for user in (
        get_user_model()._default_manager.defer("password", "description").order_by("name", "username")
    ):
        kind = kind_of(user)
        group = "No longer active" if not user.is_active else "People" if kind.name == "user" else kind.title
        groups.setdefault(group, []).append((str(user.pk), f"{user} ({user.get_username()})"))
    groups["Nobody's account"] = [(value, label) for value, (_, label) in NOBODY.items()]
    return [(group, choices) for group, choices in groups.items() if choices]


def _kinds() -> list[tuple[str, str]]:
    return [(kind.name, kind.title) for kind in kinds()]


PARAMETERS = ("message", "since", "until", "user", "kind", "updates", "failed")


class EventFilter(django_filters.FilterSet):
    """The original's filters. Without any word on time it keeps the last seven days; an empty `since` lifts that."""

    message = django_filters.CharFilter(
        label="Message",
        method="saying",
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Words, or how they begin"}),
    )
    since = DayFilter(label="From", method="from_day")
    until = DayFilter(label="To", method="to_day")
    user = django_filters.ChoiceFilter(
        label="User",
        method="by_user",
        empty_label="Everybody",
        error_messages={"invalid_choice": "Nobody has the key %(value)s."},
    )
    kind = django_filters.ChoiceFilter(
        label="Changes to",
        choices=_kinds,
        field_name="entity_kind",
        empty_label="Everything",
        error_messages={"invalid_choice": "There is no kind of thing named %(value)s."},
    )
    updates = SwitchFilter(label="Only updates", method="only_updates")
    failed = SwitchFilter(label="Only failed actions", method="only_failed")

    class Meta:
        model = Event
        fields: list[str] = []
        form = FilterForm

    def __init__(self, data: QueryDict, events: EventQuerySet) -> None:
        given = data.copy()
        self.is_default_range = not {"since", "until"} & set(given)
        if self.is_default_range:
            given["since"] = (timezone.localdate() - timedelta(days=DEFAULT_DAYS - 1)).isoformat()
        super().__init__(given, events)
        self.filters["user"].extra["choices"] = _users()  # asked once, not whenever a choice is looked up
        self._given = data

    def saying(self, events: EventQuerySet, _: str, value: str) -> EventQuerySet:
        return events.saying(words(value))

    def from_day(self, events: EventQuerySet, _: str, value: date) -> EventQuerySet:
        return events.filter(at__gte=_midnight(value))

    def to_day(self, events: EventQuerySet, _: str, value: date) -> EventQuerySet:
        return events.filter(at__lt=_midnight(value + timedelta(days=1)))

    def by_user(self, events: EventQuerySet, _: str, value: str) -> EventQuerySet:
        if value in NOBODY:
            return events.filter(actor_kind=NOBODY[value][0])
        return events.by_actor(UUID(value))

    def only_updates(self, events: EventQuerySet, _: str, value: bool) -> EventQuerySet:
        return events.filter(is_update=True) if value else events

    def only_failed(self, events: EventQuerySet, _: str, value: bool) -> EventQuerySet:
        return events.exclude(outcome="succeeded") if value else events

    @property
    def chips(self) -> list[Chip]:
        """The filters in force. Asked only of valid filters."""
        found = []
        for name, value in self.form.cleaned_data.items():
            if value:
                found.append(Chip(self._words(name, value), self._without(name)))
        return found

    @property
    def description(self) -> str:
        """The filters in force as one line, for the record of an export."""
        return "; ".join(chip.text for chip in self.chips) or "everything"

    def _words(self, name: str, value: Any) -> str:
        if name == "since" and self.is_default_range:
            return f"Last {DEFAULT_DAYS} days"
        label = str(self.form.fields[name].label)
        if value is True:
            return label
        return f"{label} {self._readable(name, value)}"

    def _readable(self, name: str, value: Any) -> str:
        if isinstance(value, date):
            return date_format(value, "j M Y")
        if name == "message":
            return f"“{value}”"
        options = dict(self.form.fields[name].choices)
        return _label_among(options, value)

    def _without(self, name: str) -> str:
        left = self._given.copy()
        for parameter in (name, "older", "newer", "open"):
            left.pop(parameter, None)
        if name in {"since", "until"}:
            left.setdefault("since", "")  # without any word on time, the last seven days would come back
        return left.urlencode()


def words(text: str) -> list[str]:
    """Return the words of a search text, as the record splits its sentences."""
    return [word for word in _SEPARATORS.split(text) if word]


def _label_among(options: dict[Any, Any], value: str) -> str:
    for key, label in options.items():
        if isinstance(label, list | tuple):
            if found := dict(label).get(value):
                return str(found)
        elif key == value:
            return str(label)
    return value


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
