"""The kinds of things the record is about, declared by the apps that own them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models
from django.urls import reverse

_kinds: dict[str, "Kind"] = {}
_kinds_of: dict[Any, list["Kind"]] = {}


def _any(_: Any) -> bool:
    return True


@dataclass(frozen=True)
class Kind:
    """A kind of entity: its names, where its page is, and who may read what happened to it.

    `url_name` names the address of a thing's page, `list_name` that of the list of all.
    `readable(user)` returns the things whose change log the user may read without holding the permission for the
    whole record; `needs` names, for a person, the permission that opens it. `visible(user)` returns the things
    whose page they may open. `acts` marks kinds that can be actors and so have an activity log as well; `single`
    those of which there is one thing only, whose page's address takes no key.
    """

    model: type[models.Model]
    name: str
    label: str
    title: str
    readable: Callable[[Any], "models.QuerySet[Any]"]
    visible: Callable[[Any], "models.QuerySet[Any]"]
    needs: str
    url_name: str
    list_name: str
    describe: Callable[[Any], str] = str
    matches: Callable[[Any], bool] = _any
    unrecorded: tuple[str, ...] = ()
    acts: bool = False
    single: bool = False

    def __post_init__(self) -> None:
        if self.name in _kinds:
            raise ValueError(f"Two kinds are named {self.name!r}.")
        _kinds[self.name] = self
        _kinds_of.setdefault(self.model, []).append(self)

    def url(self, key: UUID | str) -> str:
        """Return the address of the page of the thing with this key."""
        return reverse(self.url_name, args=[] if self.single else [key])

    @property
    def list_url(self) -> str:
        """The address of the list of things of this kind."""
        return reverse(self.list_name)

    @cached_property
    def recorded_fields(self) -> "tuple[models.Field[Any, Any], ...]":
        """The columns whose change is recorded: all but the key and those declared `unrecorded`."""
        fields = self.model._meta.concrete_fields
        return tuple(f for f in fields if not f.primary_key and f.name not in self.unrecorded)


def kinds() -> list[Kind]:
    """Return all kinds, in the order in which their apps stand in INSTALLED_APPS."""
    return list(_kinds.values())


def kind_named(name: str) -> Kind:
    """Return the kind with this name. Raises KeyError."""
    return _kinds[name]


def kind_of(thing: models.Model) -> Kind:
    """Return the kind of a thing. Raises LookupError for a model that no app has declared."""
    for kind in _kinds_of.get(thing._meta.concrete_model, ()):
        if kind.matches(thing):
            return kind
    raise LookupError(
        f"{type(thing).__name__} is no declared kind; declare a Kind in its app's activities.py."
    )


def is_entity(value: object) -> bool:
    """Say whether a fact is a thing, and so becomes a subject of the event: its kind has to be declared."""
    return isinstance(value, models.Model)
