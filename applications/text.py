"""Text that people and programs hand in: what may be kept, and what to say about the rest."""

import unicodedata

from django.core.exceptions import ValidationError

BREAKS = "\n\r\t"
# They turn the text after them around: a name could then read as another one in a log.
TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def line(field: str, value: str, limit: int) -> str:
    """Return the text without outer spaces. Raises ValidationError if it is empty, too long, or not one line."""
    text = value.strip()
    if not text:
        raise ValidationError(
            {field: f"The {field.replace('_', ' ')} is missing; write at least one letter."}
        )
    return _kept(field, text, limit, allowed="")


def paragraph(field: str, value: str, limit: int) -> str:
    """Return the text, which may be empty and have several lines. Raises ValidationError if it cannot be kept."""
    return _kept(field, value.strip(), limit, allowed=BREAKS)


def _kept(field: str, text: str, limit: int, allowed: str) -> str:
    if len(text) > limit:
        raise ValidationError({field: f"This has {len(text)} characters; at most {limit} are kept."})
    if any(
        character in TURNING or (unicodedata.category(character) in {"Cc", "Cs"} and character not in allowed)
        for character in text
    ):
        raise ValidationError({field: "This holds characters that cannot be shown; write it without them."})
    return text
