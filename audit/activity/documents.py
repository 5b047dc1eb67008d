"""Reading what clients of the LifeTime API send, and writing values as it writes them.

What a body holds, its shape says (shapes.py). Whatever is wrong raises ValidationError with the field's name or place.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
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


def members(value: Any, place: str, *names: str) -> dict[str, Any]:
    """Return the object found at `place`, which has no fields but these. Clients write their names in various letter
    cases; they are returned as in `names`."""
    if not isinstance(value, dict):
        raise ValidationError(f"{place} must be a JSON object.")
    known = {name.lower(): name for name in names}
    if unknown := sorted(name for name in value if name.lower() not in known):
        raise ValidationError(f"{place} has unknown fields: {', '.join(_shown(name) for name in unknown)}.")
    return _once_each([(known[name.lower()], inner) for name, inner in value.items()])


def thing(
    value: Mapping[str, Any],
    name: str,
    visible: "models.QuerySet[M]",
    *,
    absent: type[Http404 | ValidationError] = Http404,
) -> M:
    """Return the thing whose key stands in the object, from what the caller may see. Raises `absent`, the same for
    hidden, absent and malformed; a ValidationError where the operation knows no 404."""
    try:
        return fetch(visible, value[name])
    except Http404 as error:
        raise absent(f"{name}: {NOTHING_HERE}") from error


def refuse_other_key(sent: Mapping[str, Any], name: str, found: "models.Model") -> None:
    """Raise ValidationError for a body whose own key is not that of the address. It need not bring one."""
    key = sent.get(name) or ""
    if key not in {"", str(found.pk)}:
        raise ValidationError({name: f"This is {key[:50]!r}, which is not the key in the address."})


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON.")


def parsed(body: bytes) -> Any:
    """Read JSON, strictly: no NaN, and no field twice."""
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
