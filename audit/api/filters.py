"""The filters of the API: those of the infrastructure-wide log, under the same names, and more."""

import re
from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from audit.activity import kind_named, kinds
from audit.activity.origin import host
from audit.actor_choice import NOBODY
from audit.filter_fields import NoneOfFilter, OneOfFilter
from audit.filters import OUTCOMES, EventFilter, FilterForm, known_activities
from audit.models import EventQuerySet
from audit.rows import CHANNELS

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
LONGEST = 200
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIELD = re.compile(r"[a-z][a-z0-9_.]*")


class TextField(forms.Field):
    """A parameter as it was sent; each subclass reads its own sort."""

    def to_python(self, value: Any) -> Any:
        """Return the text. Raises ValidationError for what PostgreSQL cannot look for."""
        text = str(value or "").strip()
        if len(text) > LONGEST or "\0" in text:
            raise ValidationError(f"Write at most {LONGEST} characters, none of them NUL.")
        return text


class MomentField(TextField):
    """An instant with its offset (2026-11-22T09:30:00Z), or a whole day in the reader's time zone (2026-11-22)."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        found = self.day(text) if _DAY.fullmatch(text) else self.instant(text)
        if not EARLIEST <= begin(found) < LATEST:
            raise ValidationError("Write a time from 1970 to 2999.")
        return found

    @staticmethod
    def day(text: str) -> date:
        """Return the day. Raises ValidationError for one that no calendar has."""
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise ValidationError("No calendar has this day.") from error

    @staticmethod
    def instant(text: str) -> datetime:
        """Return the instant, which needs an offset: without one, nobody knows which it is."""
        try:
            found = parse_datetime(text)
            if found is None or found.tzinfo is None:
                raise ValueError
            return found.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ValidationError(
                "Write an instant as in 2026-11-22T09:30:00Z, or a day as in 2026-11-22."
            ) from error


class KeyField(TextField):
    """A key."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        try:
            return UUID(text) if text else None
        except ValueError as error:
            raise ValidationError(
                "This is no key; they look like 6f9619ff-8b86-4011-b42d-00c04fc964ff."
            ) from error


class ActorField(TextField):
    """The key of a person or service account, or a word for what is nobody's account."""

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value)
        if text and text not in NOBODY:
            KeyField().to_python(text)
        return text


class SubjectField(TextField):
    """A thing, as kind:key."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        kind, _, key = text.partition(":")
        found = KeyField().to_python(key)
        if kind not in {known.name for known in kinds()} or found is None:
            raise ValidationError(
                "Write the thing as kind:key, as in role:6f9619ff-8b86-4011-b42d-00c04fc964ff."
            )
        return kind, found


class FieldNameField(TextField):
    """The name of a column or of a part, as it stands in changed_fields."""

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value)
        if text and not _FIELD.fullmatch(text):
            raise ValidationError("A field's name has small letters, digits, underscores and dots.")
        return text


class AddressField(TextField):
    """An IP address."""

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value)
        try:
            return str(host(text)) if text else ""
        except ValueError as error:
            raise ValidationError("This is no IP address.") from error


class AnyActor(Container[str]):
    """Everything that can stand for an actor, so that no list of everybody is needed."""

    def __contains__(self, value: object) -> bool:
        try:
            return value in NOBODY or bool(UUID(str(value)))
        except ValueError:
            return False


def by(field: type[forms.Field], method: str, **kwargs: Any) -> django_filters.Filter:
    """Return the filter of a parameter that is read as `field` and applied by `method`."""
    made = django_filters.Filter(method=method, **kwargs)
    made.field_class = field
    return made


class RecordForm(FilterForm):
    """The filters together; times may be instants and days."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and begin(since) >= end(until):
            self.add_error("until", "This is not after since, so nothing could match.")
        return cleaned


class RecordFilter(EventFilter):
    """Filters without a default range: what is not asked for is not left out."""

    since = by(MomentField, "from_moment")  # type: ignore[assignment]
    until = by(MomentField, "to_moment")  # type: ignore[assignment]
    user = by(ActorField, "by_user")  # type: ignore[assignment]
    actor = by(ActorField, "by_user")
    subject = by(SubjectField, "about")
    changed = by(FieldNameField, "that_changed")
    ip = by(AddressField, "from_address")

    class Meta(EventFilter.Meta):
        form = RecordForm

    def __init__(self, data: QueryDict, events: EventQuerySet) -> None:
        # past EventFilter's own: it would add the last seven days, and ask for everybody there is
        super(EventFilter, self).__init__(data, events)
        among = {
            "user": AnyActor(),
            "kind": {kind.name for kind in kinds()},
            "activity": known_activities(),
            "outcome": OUTCOMES,
            "channel": CHANNELS,
        }
        for name, found in self.filters.items():
            if isinstance(found, OneOfFilter | NoneOfFilter):
                found.extra["among"] = among[name.removeprefix("not_")]
        self._given = data

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the parameters that are filters."""
        return tuple(cls.base_filters)  # type: ignore[attr-defined]

    @property
    def asked(self) -> str:
        """The filters in force as one line, for the record."""
        return "; ".join(f"{name}: {text}" for name, text in self._given.items() if text) or "everything"

    def from_moment(self, events: EventQuerySet, _: str, value: Any) -> EventQuerySet:
        return events.filter(at__gte=begin(value))

    def to_moment(self, events: EventQuerySet, _: str, value: Any) -> EventQuerySet:
        return events.filter(at__lt=end(value))

    @staticmethod
    def end_of(until: date) -> datetime:
        """Return the instant before which everything is that `until` keeps."""
        return end(until)

    def about(self, events: EventQuerySet, _: str, value: tuple[str, UUID]) -> EventQuerySet:
        return events.about(kind_named(value[0]).name, value[1])

    def that_changed(self, events: EventQuerySet, _: str, value: str) -> EventQuerySet:
        return events.filter(changed_fields__contains=[value])

    def from_address(self, events: EventQuerySet, _: str, value: str) -> EventQuerySet:
        return events.from_address(value)


def begin(moment: date) -> datetime:
    """Return the instant, or when the day begins in the reader's time zone."""
    return moment if isinstance(moment, datetime) else timezone.make_aware(datetime.combine(moment, time.min))


def end(moment: date) -> datetime:
    """Return the instant, or when the day is over in the reader's time zone."""
    return moment if isinstance(moment, datetime) else begin(moment + timedelta(days=1))
