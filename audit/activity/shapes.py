"""What clients of the LifeTime API send and are answered, declared once: bodies are read by it, and it is described.

A shape is a TypedDict whose members are texts, numbers, switches, lists and shapes; `Annotated[str, Field(...)]` says
more. What stands in a request and in no shape is refused. Members of the kind Any are taken and ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    NamedTuple,
    NotRequired,
    Required,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from django.core.exceptions import ValidationError
from django.db import models

from audit.activity.documents import UNWRITABLE, WHOLE_NUMBER, members

S = TypeVar("S")
BODY = "The body"
NEEDED = {
    str: "A text is needed here.",
    bool: "Write true or false here.",
    int: "A whole number is needed here.",
    list: "A list is needed here.",
}


@dataclass(frozen=True, eq=False)
class Field:
    """What the type of a member does not say: its meaning, an example, and limits in the words of JSON Schema.

    `choices` are all that may stand there, and `refusal` is what is said of anything else. Limits are checked by the
    services, which are the same for all who ask; but a list that has to be empty is refused here.
    """

    words: str = ""
    example: Any = None
    limits: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    refusal: str = ""

    def within(self, outer: "Field") -> "Field":
        """Return this, with what `outer` says more precisely."""
        return Field(
            outer.words or self.words,
            self.example if outer.example is None else outer.example,
            {**self.limits, **outer.limits},
            outer.choices or self.choices,
            outer.refusal or self.refusal,
        )


class Part(NamedTuple):
    """A type, taken apart: its plain kind or shape, what is said of it, and what a list holds."""

    kind: Any
    field: Field
    is_required: bool = True
    is_nullable: bool = False
    inner: Any = None


def part(hint: Any, *, is_required: bool = True) -> Part:
    """Take a type apart."""
    said, is_nullable = Field(), False
    while (origin := get_origin(hint)) in {Annotated, NotRequired, Required, Union, UnionType}:
        if origin is Annotated:
            for one in reversed(hint.__metadata__):
                said = one.within(said)
        is_nullable = is_nullable or NoneType in get_args(hint)
        hint = next(one for one in get_args(hint) if one is not NoneType)
    inner = part(get_args(hint)[0]) if origin is list else None
    return Part(origin or hint, said, is_required, is_nullable, inner)


@cache
def parts(shape: Any) -> dict[str, Part]:
    """Return the members of a shape."""
    hints = get_type_hints(shape, include_extras=True)
    return {name: part(hint, is_required=name in shape.__required_keys__) for name, hint in hints.items()}


def read(shape: Any, value: Any) -> Any:
    """Return a body as its shape has it. Raises ValidationError."""
    return _read(part(shape), value, "")


def longest(model: type[models.Model], name: str) -> dict[str, int]:
    """Return the limit that the service keeps, for the model's own field says it."""
    return {"maxLength": getattr(model._meta.get_field(name), "max_length", None) or 0}


def _read(known: Part, value: Any, place: str) -> Any:
    if known.kind is Any or (value is None and known.is_nullable):
        return value
    if is_typeddict(known.kind):
        return _object(known.kind, value, place)
    if complaint := _wrong(known, value):
        raise ValidationError({place: complaint} if place else complaint)
    if known.kind is list and known.inner:
        return [_read(known.inner, one, f"{place}[{number}]") for number, one in enumerate(value)]
    return value


def _object(shape: Any, value: Any, place: str) -> dict[str, Any]:
    known = parts(shape)
    found = members(value, place or BODY, *known)
    before = f"{place}." if place else ""
    for name, one in known.items():
        if name in found:
            found[name] = _read(one, found[name], f"{before}{name}")
        elif one.is_required:
            raise ValidationError({f"{before}{name}": NEEDED.get(one.kind, "An object is needed here.")})
    return found


def _wrong(known: Part, value: Any) -> str:
    """Return what is wrong with a value that is no object; empty where nothing is."""
    kind, said = known.kind, known.field
    if not isinstance(value, kind) or (kind is int and not _is_whole(value)):
        return NEEDED[kind]
    if kind is str and UNWRITABLE.search(value):
        return "This has characters that cannot be kept (NUL, or half of a pair)."
    if said.choices and value not in said.choices:
        return said.refusal or f"Write one of these: {', '.join(name for name in said.choices if name)}."
    return said.refusal if kind is list and value and said.limits.get("maxItems") == 0 else ""


def _is_whole(value: Any) -> bool:
    return not isinstance(value, bool) and WHOLE_NUMBER.fullmatch(str(value)) is not None


# what stands in many shapes
EXAMPLE_KEY = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
WHOLE_LIMITS = {"minimum": -999_999_999, "maximum": 999_999_999}
_UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

Key = Annotated[str, Field("A key.", EXAMPLE_KEY, {"format": "uuid"})]
KeyOrNone = Annotated[
    str, Field("A key; empty where there is none.", EXAMPLE_KEY, {"pattern": f"^({_UUID})?$"})
]
OwnKey = Annotated[str | None, Field("If it is sent, that of the address.", "", {"maxLength": 36})]
Moment = Annotated[
    str,
    Field(
        "An instant in UTC; `1900-01-01T00:00:00` for what has not happened.",
        "2026-11-22T09:30:12.482Z",
        {"pattern": r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|1900-01-01T00:00:00)$"},
    ),
]
Blank = Annotated[str, Field("Always empty: this console keeps nothing of the kind.", "", {"const": ""})]
Nothing = Annotated[
    list[Any], Field("Always empty: this console keeps nothing of the kind.", [], {"maxItems": 0})
]
Ignored = Annotated[Any, Field("Read-only: taken from who sends back what was read, and ignored.")]
