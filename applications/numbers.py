"""Version numbers: two or three numbers up to 999, compared number by number."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from applications.models import VERSION_NUMBER, Version

LAST = 999_999_999  # 999.999.999, read as one number of three digits each
PATCH, MINOR, MAJOR = 1, 1000, 1_000_000
MEANINGS = {
    PATCH: "a patch: something is mended, nothing added",
    MINOR: "a minor version: something is added, and what worked before still does",
    MAJOR: "a major version: what others rely on may have changed",
}
FIRST = {
    MINOR: "a first attempt, in which anything may still change",
    MAJOR: "the first that others can rely on",
}


@dataclass(frozen=True)
class Suggestion:
    """A number for the next version, and what choosing it says to others."""

    number: str
    meaning: str
    is_usual: bool  # goes on as the last one did


def checked(number: str) -> str:
    """Return the number as it is kept. Raises ValidationError unless it is written as 1.2 or 1.2.3."""
    try:
        VERSION_NUMBER(number.strip())
    except ValidationError as error:
        raise ValidationError({"number": error.messages}) from error
    return number.strip()


def following(version: Version | None, taken: Iterable[Version]) -> str:
    """Return the first number after `version` that none of the `taken` has: 1.5 after 1.4, 1.4.3 after 1.4.2.

    Empty where there is none left.
    """
    values = _values(taken)
    if version is None:
        return _first_free(0, MINOR, values)
    return _first_free(_value(version), PATCH if _is_long(version) else MINOR, values, long=_is_long(version))


def suggestions(version: Version | None, taken: Collection[Version]) -> list[Suggestion]:
    """Return the next patch, minor and major number after `version` that none of the `taken` has, each explained; the
    least and the first major one where nothing was tagged yet."""
    values = _values(taken)
    now = _value(version) if version else 0
    long = version is not None and _is_long(version)
    found = {
        _first_free(now // step * step, step, values, long=long or step == PATCH): meaning
        for step, meaning in (MEANINGS if version else FIRST).items()
    }
    usual = following(version, taken)
    return [Suggestion(number, meaning, number == usual) for number, meaning in found.items() if number]


def _values(taken: Iterable[Version]) -> set[int]:
    return {_value(version) for version in taken}


def _is_long(version: Version) -> bool:
    return version.number.count(".") == 2


def _first_free(above: int, step: int, values: Collection[int], *, long: bool = False) -> str:
    """Return the first number in steps above one that is not among the values, with three parts if it is `long`."""
    value = next((value for value in range(above + step, LAST + 1, step) if value not in values), None)
    if value is None:
        return ""
    major, minor, patch = value // MAJOR, value // MINOR % 1000, value % 1000
    return f"{major}.{minor}.{patch}" if long else f"{major}.{minor}"


def _value(version: Version) -> int:
    major, minor, patch = version.parts
    return (major * 1000 + minor) * 1000 + patch
