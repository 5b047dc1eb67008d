"""Sentences of the record: a declared template, filled once, with the places where things are named."""

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any

from django.db import models

from audit.activity.kinds import is_entity, kind_of
from audit.activity.occurrence import Subject

_formatter = Formatter()
Links = tuple[tuple[int, int, int], ...]


def subject_of(thing: models.Model) -> Subject:
    """Return the thing as a subject. Raises LookupError if no app has declared its kind."""
    kind = kind_of(thing)
    return Subject(kind.name, thing.pk, kind.describe(thing))


class Template:
    """A sentence with `{names}` of facts; a dotted name reads an attribute. Things among the facts become links."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._parts = [(literal, name) for literal, name, _, _ in _formatter.parse(text)]

    @property
    def names(self) -> set[str]:
        """The facts the sentence needs."""
        return {name.split(".")[0] for _, name in self._parts if name}

    def fill(self, facts: Mapping[str, Any], subjects: "Subjects") -> tuple[str, Links]:
        """Return the finished sentence and the links within it; the things named are added to `subjects`."""
        text = ""
        links: list[tuple[int, int, int]] = []
        for literal, name in self._parts:
            text += literal
            if name is None:
                continue
            value, _ = _formatter.get_field(name, (), facts)
            between = "', '" if literal.endswith("'") else ", "  # each name of a list in quotes of its own
            for position, item in enumerate(_items(value)):
                text += between if position else ""
                label = subjects.label(item)
                if _is_subject(item):
                    links.append((len(text), len(text) + len(label), subjects.add(item)))
                text += label
        return text, tuple(links)


class Subjects:
    """The things an event is about, in order, each once, named as they were first seen."""

    def __init__(self) -> None:
        self._subjects: dict[tuple[str, Any], tuple[int, Subject]] = {}

    def add(self, thing: "models.Model | Subject") -> int:
        """Add the thing, unless it is there already; return its position."""
        subject = thing if isinstance(thing, Subject) else subject_of(thing)
        if subject.key is None:
            raise ValueError(f"'{subject.label}' was deleted inside the block; name it by its text.")
        known = self._subjects.setdefault((subject.kind, subject.key), (len(self._subjects), subject))
        return known[0]

    def add_facts(self, facts: Mapping[str, Any]) -> None:
        """Add every thing among the facts."""
        for value in facts.values():
            for item in _items(value):
                if _is_subject(item):
                    self.add(item)

    def label(self, item: Any) -> str:
        """Return how the sentence names the item."""
        if isinstance(item, Subject):
            return item.label
        if not is_entity(item):
            return str(item)
        kind = kind_of(item)
        known = self._subjects.get((kind.name, item.pk))
        return known[1].label if known else kind.describe(item)

    def all(self) -> tuple[Subject, ...]:
        """Return the subjects in order."""
        return tuple(subject for _, subject in self._subjects.values())


def _is_subject(item: Any) -> bool:
    """Say whether the event is about it: a thing, or a Subject, which stands for a thing that was deleted."""
    return is_entity(item) or isinstance(item, Subject)


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, list | tuple | set | frozenset | models.QuerySet):
        return value
    return (value,)
