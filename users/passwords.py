"""LifeTime's password rule (lifetime.md, 4): a digit, an upper-case and a lower-case letter besides the length."""

from typing import Any

from django.core.exceptions import ValidationError

RULE = (
    "At least 12 characters, among them a digit, an upper-case and a lower-case letter. "
    "Nothing like the name, username or e-mail, and no password that many people use."
)


class MixedCharactersValidator:
    """Asks for at least one digit, one upper-case and one lower-case letter."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002  (the shape Django calls)
        """Raise ValidationError with what is missing."""
        if not (
            any(map(str.isdigit, password))
            and any(map(str.isupper, password))
            and any(map(str.islower, password))
        ):
            raise ValidationError(self.get_help_text(), code="password_not_mixed")

    def get_help_text(self) -> str:
        """Return the rule."""
        return "The password needs at least one digit, one upper-case and one lower-case letter."
