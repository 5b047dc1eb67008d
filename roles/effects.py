"""Whom a change of roles affects: what everybody may do before it and after it, as the database says it, compared."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import Count, Value

from audit.activity import Conflict
from infrastructure.models import Environment
from roles.models import Level, Role

NAMED = 12  # how many people of a group are called by name


@dataclass(frozen=True, slots=True, order=True)
class Affected:
    """Somebody whom a change affects; `applications` is in how many, 0 where it is in the environment as a whole."""

    name: str
    key: UUID
    is_person: bool
    applications: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """Everybody who goes from one level to another in an environment: by their default role, wherever no other role
    counts, or in single applications."""

    environment: Environment
    old: Level
    new: Level
    in_applications: bool
    people: list[Affected]

    @property
    def is_loss(self) -> bool:
        """Say whether they may do less than before."""
        return self.new < self.old

    @property
    def sentence(self) -> str:
        """The effect in one sentence, without the names."""
        who, one = counted(self.people)
        if self.in_applications:
            single = all(person.applications == 1 for person in self.people)
            place = f"{'an application' if single else 'some applications'} in {self.environment}"
            lost, won = ("loses sight of", "gets sight of") if one else ("lose sight of", "get sight of")
        else:
            place = str(self.environment)
            lost, won = ("loses access to", "gets access to") if one else ("lose access to", "get access to")
        if self.new == Level.NO_ACCESS:
            return f"{who} {lost} {place}."
        if self.old == Level.NO_ACCESS:
            return f"{who} {won} {place}: '{self.new.label}'."
        verb = "goes" if one else "go"
        return f"{who} {verb} from '{self.old.label}' to '{self.new.label}' in {place}."

    @property
    def origin(self) -> str:
        """By which roles, and what they could do until now where the sentence does not say it."""
        by = "by roles in teams and for applications" if self.in_applications else "by default role"
        return f"{by}, until now {self.old.label}" if self.new == Level.NO_ACCESS else by

    @property
    def named(self) -> list[Affected]:
        """The first of them."""
        return self.people[:NAMED]

    @property
    def unnamed(self) -> int:
        """How many are not called by name."""
        return len(self.people) - len(self.named)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do to people: by levels, and, in sentences, by switches."""

    effects: list[Effect] = field(default_factory=list)
    switches: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.effects or self.switches)

    @property
    def takes_away(self) -> bool:
        """Say whether somebody may do less than before."""
        return any(effect.is_loss for effect in self.effects)

    @property
    def in_applications(self) -> bool:
        """Say whether it is told of anybody in how many applications."""
        return any(effect.in_applications for effect in self.effects)

    @property
    def digest(self) -> str:
        """What tells this preview from another: what was reviewed can be compared with what would happen now."""
        told = [(effect.sentence, [str(one.key) for one in effect.people]) for effect in self.effects]
        return sha256(repr((told, self.switches)).encode()).hexdigest()[:16]


def counted(people: Iterable[Affected]) -> tuple[str, bool]:
    """Return how many people and service accounts these are, in words, and whether it is only one."""
    everybody = list(people)
    persons = sum(1 for one in everybody if one.is_person)
    parts = [
        f"{count} {word if count == 1 else words}"
        for count, word, words in (
            (persons, "person", "people"),
            (len(everybody) - persons, "service account", "service accounts"),
        )
        if count
    ]
    return " and ".join(parts) or "nobody", len(everybody) == 1


def rehearsed(
    people: Any, cells: Any, act: Callable[[], object], places: Iterable[Environment] | None = None
) -> list[Effect]:
    """Return what `act` would change for `people`: it is done, looked at and undone in a transaction of its own.

    `cells` are the effective permissions that it can change besides the levels of default roles. All that change for
    one person in one environment have to change in one direction, from or to one level. `places` are the environments
    where something can change, if they are known already; what changes elsewhere is left out. Raises Conflict where
    somebody else just did the same.
    """
    with transaction.atomic():
        before = _levels(people, cells)
        try:
            act()
        except IntegrityError as error:
            raise Conflict from error
        after = _levels(people, cells)
        transaction.set_rollback(True)
    known = Environment.objects.in_order() if places is None else places
    return list(_effects(before, after, {place.pk: place for place in known}))


def effective_permissions() -> Any:
    """Return everybody's effective permissions, which the applications above declare."""
    user: Any = Role._meta.get_field("users").related_model
    cells: Any = user._meta.get_field("effective_permissions").related_model
    return cells.objects


def by_other_roles(people: Any) -> Any:
    """Return the effective permissions that people have by roles in teams and for applications."""
    return effective_permissions().filter(user__in=people.values("pk"), held_as__in=["team", "application"])


# (key, name, kind, environment, whether in single applications) -> levels and how often each
_Held = dict[tuple[UUID, str, str, UUID, bool], Counter[int]]


def _levels(people: Any, cells: Any) -> _Held:
    """Read in one query what people may do: in environments by default role, and in the cells."""
    count = models.IntegerField()
    by_default = people.order_by().filter(is_active=True, role__levels__isnull=False)
    own = by_default.values_list(
        "pk", "name", "kind", "role__levels__environment", "role__levels__level", Value(0, count)
    )
    elsewhere = (
        cells.order_by()
        .filter(level__gte=Level.ACCESS)
        .values_list("user", "user__name", "user__kind", "environment", "level")
        .annotate(applications=Count("application", output_field=count))
    )
    held: _Held = {}
    for key, name, kind, environment, level, applications in own.union(elsewhere, all=True):
        if level:
            place = (key, name, kind, environment, bool(applications))
            held.setdefault(place, Counter())[level] += applications or 1
    return held


def _effects(before: _Held, after: _Held, environments: dict[UUID, Environment]) -> Iterator[Effect]:
    groups: dict[tuple[UUID, bool, int, int], list[Affected]] = {}
    for place in {**before, **after}:
        key, name, kind, environment, in_applications = place
        if environment not in environments:
            continue
        moved = _moved(before.get(place, Counter()), after.get(place, Counter()))
        for (old, new), often in moved.items():
            one = Affected(name, key, kind == "user", often if in_applications else 0)
            groups.setdefault((environment, in_applications, old, new), []).append(one)
    order = sorted(
        groups,
        key=lambda group: (group[3] > group[2], environments[group[0]].position, group[1], group[2:]),
    )
    for group in order:
        environment, in_applications, old, new = group
        people = sorted(groups[group], key=lambda one: (one.name.casefold(), one.key))
        yield Effect(environments[environment], Level(old), Level(new), in_applications, people)


def _moved(before: Counter[int], after: Counter[int]) -> Counter[tuple[int, int]]:
    """Return from which level to which how many went; what is in only one of the two is No Access in the other."""
    left, entered = sorted((before - after).elements()), sorted((after - before).elements())
    longest = max(len(left), len(entered))
    left += [0] * (longest - len(left))
    entered += [0] * (longest - len(entered))
    return Counter(zip(left, entered, strict=True))
