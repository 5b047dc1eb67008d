"""Version numbers: two or three numbers up to 999, compared number by number."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from applications.models import VERSION_NUMBER, Version

LAST = 999_999_999  # 999.999.999, read as one number of three digits each


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
    if version is None:
        return _first_free(1000, 1000, taken)
    step = 1 if version.number.count(".") == 2 else 1000
    return _first_free(_value(version) + step, step, taken)


def _first_free(start: int, step: int, taken: Iterable[Version]) -> str:
    values = {_value(version) for version in taken}
    number = next((value for value in range(start, LAST + 1, step) if value not in values), None)
    if number is None:
        return ""
    major, minor, patch = number // 1_000_000, number // 1000 % 1000, number % 1000
    return f"{major}.{minor}" if step == 1000 else f"{major}.{minor}.{patch}"


def _value(version: Version) -> int:
    major, minor, patch = version.parts
    return (major * 1000 + minor) * 1000 + patch
