"""Parameters of the query in the LifeTime API, declared once: an operation lists those that it reads, and is described
by them. Clients write their names in various letter cases; unknown ones are ignored, as LifeTime does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from rest_framework.request import Request

from audit.activity.documents import WHOLE_NUMBER
from audit.activity.operations import described


@dataclass(frozen=True)
class Parameter:
    """A parameter: its name and its meaning."""

    name: str
    words: str
    schema: ClassVar[Mapping[str, Any]] = {"type": "string"}

    def text(self, request: Request) -> str:
        """Return what was sent; empty where nothing was.

        Raises LookupError where the operation does not list the parameter: it would go undescribed.
        """
        view: Any = request.parser_context["view"]
        if self not in described(view, str(request.method)).query:
            raise LookupError(f"{request.method} of {type(view).__name__} does not declare {self.name}.")
        found = {known.lower(): str(value) for known, value in request.query_params.items()}
        return found.get(self.name.lower(), "")


class Flag(Parameter):
    """A switch: True or False in any letter case; absent is off."""

    schema = {"type": "boolean", "default": False}

    def of(self, request: Request) -> bool:
        """Raises ValidationError."""
        value = (self.text(request) or "False").lower()
        if value not in {"true", "false"}:
            raise ValidationError({self.name: f"This is {value[:50]!r}; write True or False."})
        return value == "true"


@dataclass(frozen=True)
class Number(Parameter):
    """A whole number that is not below zero."""

    default: int

    @property
    def schema(self) -> Mapping[str, Any]:  # type: ignore[override]
        """What it may be."""
        return {"type": "integer", "minimum": 0, "maximum": 999_999_999, "default": self.default}

    def of(self, request: Request) -> int:
        """Raises ValidationError."""
        value = self.text(request) or str(self.default)
        if not WHOLE_NUMBER.fullmatch(value) or int(value) < 0:
            raise ValidationError({self.name: f"This is {value[:50]!r}; write a whole number from 0."})
        return int(value)


class Day(Parameter):
    """A day, such as 2026-11-22."""

    schema = {"type": "string", "format": "date"}

    def of(self, request: Request) -> date | None:
        """None where it is absent. Raises ValidationError."""
        value = self.text(request)
        if not value:
            return None
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError as error:
            wrong = f"This is {value[:50]!r}; write a day as 2026-11-22."
            raise ValidationError({self.name: wrong}) from error


class Words(Parameter):
    """Any text."""

    def of(self, request: Request) -> str:
        """Empty where it is absent."""
        return self.text(request)


class KeyOf(Words):
    """The key of a thing; what is none names nothing."""

    schema = {"type": "string", "format": "uuid"}
