"""Reading what clients of the LifeTime API send, and writing values as it writes them.

Everything that is wrong raises ValidationError with the field's name, or its place ("ApplicationOperations[0]").
"""

import json
import re
from datetime import UTC, date, datetime
from typing import Any, NoReturn, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404
from rest_framework.request import Request

from audit.activity.gates import NOTHING_HERE, fetch

M = TypeVar("M", bound=models.Model)

NULL_DATE = "1900-01-01T00:00:00"
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")
PATH_SHOWN = 300  # characters of a path that an event keeps
METHOD_SHOWN = 20  # and of a method, which a client may invent
UNWRITABLE = re.compile(r"[\0\ud800-\udfff]")  # what JSON can say and PostgreSQL cannot keep


def call(request: Request) -> dict[str, str]:
    """Return the method and the path with its query, as far as an event keeps them."""
    path = request.get_full_path()
    shown = path if len(path) <= PATH_SHOWN else f"{path[:PATH_SHOWN]}…"
    return {"method": str(request.method)[:METHOD_SHOWN], "path": shown}


def moment(at: datetime | None) -> str:
    """Write an instant in UTC; the API's null date where there is none."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z" if at else NULL_DATE


def parameter(request: Request, name: str) -> str | None:
    """Return a parameter of the query, whose name clients write in various letter cases."""
    found = {known.lower(): str(value) for known, value in request.query_params.items()}
    return found.get(name.lower())


def flag(request: Request, name: str) -> bool:
    """Read a switch of the query: True or False in any letter case; absent is off."""
    value = (parameter(request, name) or "False").lower()
    if value not in {"true", "false"}:
        raise ValidationError({name: f"This is {value[:50]!r}; write True or False."})
    return value == "true"


def number(request: Request, name: str, default: int) -> int:
    """Read a number of the query that is not below zero."""
    value = parameter(request, name) or str(default)
    if not WHOLE_NUMBER.fullmatch(value) or int(value) < 0:
        raise ValidationError({name: f"This is {value[:50]!r}; write a whole number from 0."})
    return int(value)


def day(request: Request, name: str) -> date | None:
    """Read a day of the query, such as 2026-11-22; None where it is absent."""
    value = parameter(request, name)
    if not value:
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError as error:
        raise ValidationError({name: f"This is {value[:50]!r}; write a day as 2026-11-22."}) from error


def document(body: bytes, *names: str) -> dict[str, Any]:
    """Read a JSON object that has no fields but these."""
    return members(_parsed(body), "The body", *names)


def array(body: bytes) -> list[Any]:
    """Read a JSON list."""
    value = _parsed(body)
    if not isinstance(value, list):
        raise ValidationError("The body must be a JSON list.")
    return value


def members(value: Any, place: str, *names: str) -> dict[str, Any]:
    """Return the object found at `place`, which has no fields but these. Clients write their names in various letter
    cases; they are returned as in `names`."""
    if not isinstance(value, dict):
        raise ValidationError(f"{place} must be a JSON object.")
    known = {name.lower(): name for name in names}
    if unknown := sorted(name for name in value if name.lower() not in known):
        raise ValidationError(f"{place} has unknown fields: {', '.join(_shown(name) for name in unknown)}.")
    return _once_each([(known[name.lower()], inner) for name, inner in value.items()])


def text(value: dict[str, Any], name: str, *, required: bool = True) -> str:
    """Return a text of the object; empty where it is absent and may be."""
    found = value.get(name)
    if found is None and not required:
        return ""
    if not isinstance(found, str):
        raise ValidationError({name: "A text is needed here."})
    if UNWRITABLE.search(found):
        raise ValidationError({name: "This has characters that cannot be kept (NUL, or half of a pair)."})
    return found


def switch(value: dict[str, Any], name: str, default: bool | None = None) -> bool:
    """Return true or false of the object; where it is absent the default, if there is one."""
    found = value.get(name, default)
    if not isinstance(found, bool):
        raise ValidationError({name: "Write true or false here."})
    return found


def whole(value: dict[str, Any], name: str, default: int | None = None) -> int:
    """Return a whole number of the object, of at most nine digits; where it is absent the default, if there is one."""
    found = value.get(name, default)
    if isinstance(found, bool) or not isinstance(found, int) or not WHOLE_NUMBER.fullmatch(str(found)):
        raise ValidationError({name: "A whole number is needed here."})
    return found


def thing(
    value: dict[str, Any],
    name: str,
    visible: "models.QuerySet[M]",
    *,
    absent: type[Http404 | ValidationError] = Http404,
) -> M:
    """Return the thing whose key stands in the object, from what the caller may see. Raises `absent`, the same for
    hidden, absent and malformed; a ValidationError where the operation knows no 404."""
    try:
        return fetch(visible, text(value, name))
    except Http404 as error:
        raise absent(f"{name}: {NOTHING_HERE}") from error


def items(value: dict[str, Any], name: str) -> list[Any]:
    """Return a list of the object."""
    found = value.get(name)
    if not isinstance(found, list):
        raise ValidationError({name: "A list is needed here."})
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON.")


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_no_number, object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:
        raise ValidationError("The body is not well-formed JSON.") from error


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:  # once: a body may hold a hundred thousand of them
        if name in found:
            raise ValidationError(
                f"The field {_shown(name)} stands there twice; nobody can know which is meant."
            )
        found[name] = value
    return found


def _shown(name: str) -> str:
    return repr(name[:50])
