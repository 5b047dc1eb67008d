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
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format

from audit.activity import activities, kinds
from audit.activity.choosing import account_label
from audit.actor_choice import NOBODY, ActorFilter, named_in
from audit.filter_fields import (
    DayFilter,
    NoneOfFilter,
    OneOfFilter,
    RequestFilter,
    SwitchFilter,
)
from audit.models import Event, EventQuerySet
from audit.paging import PAGE_SIZE, Log
from audit.rows import CHANNELS
from audit.searching import SearchedLog

DEFAULT_DAYS = 7
_SEPARATORS = re.compile(r"[\s!-/:-@\[-`{-~]+")  # blanks and ASCII punctuation, as in models.SentenceWords


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


def _kinds() -> list[tuple[str, str]]:
    return [(kind.name, kind.title) for kind in kinds()]


def activity_words(code: str) -> str:
    """Return an activity's code in words."""
    _, *names = code.split(".")
    if names[0] == "outside":  # the witness' own, which nobody declared
        return f"{names[1]} outside the console"
    return " ".join(names).replace("_", " ")


def known_activities() -> dict[str, str]:
    """Return every activity that can be on record, the witness' own too, by its code in words."""
    outside = [f"audit.outside.{verb}" for verb in ("added", "changed", "removed")]
    return {code: activity_words(code) for code in [*activities(), *outside]}


OUTCOMES = {"succeeded": "succeeded", "failed": "failed", "refused": "refused"}
COLUMNS = {"kind": "entity_kind", "activity": "activity", "outcome": "outcome", "channel": "channel"}
SEARCHES = ("message", "changed", "ip")  # what the index for searching finds
# What is chosen in the form, then what the links in the log set: one value to keep, or several to leave out.
PARAMETERS = (
    *("message", "since", "until", "user", "kind", "updates", "failed"),
    *("activity", "outcome", "channel", "request"),
    *("not_user", "not_kind", "not_activity", "not_outcome", "not_channel"),
)


class EventFilter(django_filters.FilterSet):
    """The original's filters and those of the links in a log. Without any word on time, or a request
    (which has its own), it keeps the last seven days; an empty `since` lifts that."""

    message = django_filters.CharFilter(
        label="Message",
        method="saying",
        max_length=200,
        widget=forms.SearchInput(attrs={"placeholder": "Words, or how they begin"}),
    )
    since = DayFilter(label="From", method="from_day")
    until = DayFilter(label="To", method="to_day")
    user = ActorFilter(label="User", method="by_user")
    kind = django_filters.ChoiceFilter(
        label="Changes to",
        choices=_kinds,
        field_name="entity_kind",
        empty_label="Everything",
        error_messages={"invalid_choice": "There is no kind of thing named %(value)s."},
    )
    updates = SwitchFilter(label="Only updates", method="only_updates")
    failed = SwitchFilter(label="Only failed actions", method="only_failed")
    activity = OneOfFilter(label="Activity", what="activity")
    outcome = OneOfFilter(label="Outcome", what="outcome")
    channel = OneOfFilter(label="Channel", what="channel")
    request = RequestFilter(label="Request", field_name="request_id")
    not_user = NoneOfFilter(label="Not user", method="leave_out_users", what="user with the key")
    not_kind = NoneOfFilter(label="Not changes to", method="leave_out", what="kind of thing named")
    not_activity = NoneOfFilter(label="Not activity", method="leave_out", what="activity")
    not_outcome = NoneOfFilter(label="Not outcome", method="leave_out", what="outcome")
    not_channel = NoneOfFilter(label="Not channel", method="leave_out", what="channel")

    class Meta:
        model = Event
        fields: list[str] = []
        form = FilterForm

    def __init__(self, data: QueryDict, events: EventQuerySet) -> None:
        given = data.copy()
        first = (timezone.localdate() - timedelta(days=DEFAULT_DAYS - 1)).isoformat()
        if not {"since", "until", "request"} & set(given):
            given["since"] = first
        # also as the form sends it, with an empty end
        self.is_default_range = given.get("since") == first and not given.get("until")
        super().__init__(given, events)
        self.words = {
            "user": named_in(given.get("not_user", "")),
            "kind": dict(_kinds()),
            "activity": known_activities(),
            "outcome": OUTCOMES,
            "channel": CHANNELS,
        }
        for name, found in self.filters.items():
            if isinstance(found, OneOfFilter | NoneOfFilter):
                found.extra["among"] = self.words[name.removeprefix("not_")]
        self._given = data

    def saying(self, events: EventQuerySet, _: str, value: str) -> EventQuerySet:
        return events.saying(words(value))

    def from_day(self, events: EventQuerySet, _: str, value: date) -> EventQuerySet:
        return events.filter(at__gte=_midnight(value))

    def to_day(self, events: EventQuerySet, _: str, value: date) -> EventQuerySet:
        return events.filter(at__lt=self.end_of(value))

    def by_user(self, events: EventQuerySet, _: str, value: Any) -> EventQuerySet:
        if value in NOBODY:
            return events.filter(actor_kind=NOBODY[value][0])
        return events.by_actor(UUID(str(getattr(value, "pk", value))))  # the API sends keys

    def leave_out_users(self, events: EventQuerySet, _: str, values: list[str]) -> EventQuerySet:
        nobody = [NOBODY[value][0] for value in values if value in NOBODY]
        keys = [value for value in values if value not in NOBODY]
        return events.exclude(actor_kind__in=nobody).exclude(actor_key__in=keys)

    def leave_out(self, events: EventQuerySet, name: str, values: list[str]) -> EventQuerySet:
        return events.exclude(**{f"{COLUMNS[name.removeprefix('not_')]}__in": values})

    def only_updates(self, events: EventQuerySet, _: str, value: bool) -> EventQuerySet:
        return events.filter(is_update=True) if value else events

    def only_failed(self, events: EventQuerySet, _: str, value: bool) -> EventQuerySet:
        return events.exclude(outcome="succeeded") if value else events

    def log(self, events: EventQuerySet, size: int = PAGE_SIZE) -> Log:
        """Return the log of events that this has kept. Asked only of valid filters."""
        asked = self.form.cleaned_data
        if any(asked.get(name) for name in SEARCHES):
            return SearchedLog(
                events, size=size, until=self.end_of(asked["until"]) if asked["until"] else None
            )
        return Log(events, size=size)

    @staticmethod
    def end_of(until: date) -> datetime:
        """Return the instant before which everything is that `until` keeps."""
        return _midnight(until + timedelta(days=1))

    @property
    def chips(self) -> list[Chip]:
        """The filters in force. Asked only of valid filters."""
        return [
            Chip(self._text(name, each), self._without(name, each))
            for name, value in self.form.cleaned_data.items()
            for each in (value if isinstance(value, list) else [value] if value else [])
        ]

    @property
    def description(self) -> str:
        """The filters in force as one line, for the record of an export."""
        return "; ".join(chip.text for chip in self.chips) or "everything"

    def _text(self, name: str, value: Any) -> str:
        if name == "since" and self.is_default_range:
            return f"Last {DEFAULT_DAYS} days"
        label = str(self.form.fields[name].label)
        return label if value is True else f"{label} {self._readable(name, value)}"

    def _readable(self, name: str, value: Any) -> str:
        if isinstance(value, date):
            return date_format(value, "j M Y")
        if name == "message":
            return f"“{value}”"
        if name == "user" and value not in NOBODY:
            return account_label(value)
        return str(self.words.get(name.removeprefix("not_"), {}).get(value, value))

    def _without(self, name: str, value: Any) -> str:
        left = self._given.copy()
        for parameter in (name, "older", "newer", "open"):
            left.pop(parameter, None)
        kept = self.form.cleaned_data[name]
        if isinstance(kept, list) and len(kept) > 1:
            left[name] = ",".join(each for each in kept if each != value)
        if name in {"since", "until"}:
            left.setdefault("since", "")  # without any word on time, the last seven days would come back
        return left.urlencode()


def words(text: str) -> list[str]:
    """Return the words of a search text, as the record splits its sentences."""
    return [word for word in _SEPARATORS.split(text) if word]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
