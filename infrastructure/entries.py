"""What people enter, checked in one manner: text on one line, and conflicts with what others did at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, models


def line(model: type[models.Model], field: str, text: str, *, required: bool = False) -> str:
    """Return what was entered for a text field of the model, without the spaces around it.

    Raises ValidationError, under the field's name, for what is missing, too long, or not on one line.
    """
    name = _name(model, field)
    text = text.strip()
    if required and not text:
        raise ValidationError({field: f"Enter the {name}; it cannot be empty."})
    if not text.isprintable():
        raise ValidationError({field: f"Write the {name} on one line, without control characters."})
    return _short_enough(model, field, text)


def paragraph(model: type[models.Model], field: str, text: str) -> str:
    """Return what was entered for a text field that may have several lines, or be empty; else as `line`."""
    text = text.strip().replace("\r\n", "\n")
    if not all(part.isprintable() for row in text.split("\n") for part in row.split("\t")):
        raise ValidationError({field: f"Write the {_name(model, field)} without control characters."})
    return _short_enough(model, field, text)


def _short_enough(model: type[models.Model], field: str, text: str) -> str:
    limit = getattr(model._meta.get_field(field), "max_length", None)
    if limit is not None and len(text) > limit:
        name = _name(model, field)
        raise ValidationError(
            {field: f"Shorten the {name}: {limit} characters are allowed, these are {len(text)}."}
        )
    return text


def _name(model: type[models.Model], field: str) -> str:
    return str(getattr(model._meta.get_field(field), "verbose_name", field))


@contextmanager
def explained(constraint: str = "", **complaint: str) -> Iterator[None]:
    """Turn the database's refusal into a ValidationError: `complaint` ({field: sentence}) if it is the named
    constraint's, else that somebody changed something meanwhile. Stands around the step, which rolls back."""
    try:
        yield
    except IntegrityError as error:
        if constraint and constraint == _constraint(error):
            raise ValidationError(dict(complaint)) from error
        # a row that this one names is gone, or just came
        if getattr(error.__cause__, "sqlstate", "") == "23503":
            raise ValidationError(
                "Somebody else changed something that this depends on. Look again, then repeat it."
            ) from error
        raise
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == "40P01":  # two steps that waited for each other
            raise ValidationError(
                "Somebody else is changing the same things at this moment, so nothing was done. Repeat it."
            ) from error
        raise


def _constraint(error: IntegrityError) -> str:
    cause: Any = error.__cause__
    return getattr(getattr(cause, "diag", None), "constraint_name", "") or ""
