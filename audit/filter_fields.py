"""The fields that filters are made of: each reads one parameter of an address strictly."""

from collections.abc import Collection
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator


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


class Kept(forms.HiddenInput):
    """A filter that is set by a link in the log, not in the form: the form only carries it along."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        return super().render(name, value, attrs, renderer) if value else ""


class OneOfField(forms.CharField):
    """One of some values."""

    widget = Kept

    def __init__(self, *, among: Collection[str], what: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.among, self.what = among, what

    def validate(self, value: Any) -> None:
        super().validate(value)
        for each in self.parts(value):
            if each not in self.among:
                raise ValidationError(f"There is no {self.what} “{each}”.")

    def parts(self, value: Any) -> list[str]:
        """Return the values that are named."""
        return [value] if value else []


class OneOfFilter(django_filters.Filter):
    field_class = OneOfField


class NoneOfField(OneOfField):
    """Some of the values, separated by commas: what has one of them is left out."""

    def parts(self, value: Any) -> list[str]:
        """Return the values that are named, each once."""
        return list(dict.fromkeys(value.split(","))) if value else []

    def clean(self, value: Any) -> Any:
        """Return the values as a list."""
        return self.parts(super().clean(value))


class NoneOfFilter(django_filters.Filter):
    field_class = NoneOfField


class RequestField(forms.UUIDField):
    """The id of a request, as every answer carries it."""

    widget = Kept
    default_error_messages = {"invalid": "Write the id of a request as events and error pages show it."}


class RequestFilter(django_filters.Filter):
    field_class = RequestField
