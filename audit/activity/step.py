"""Performing an activity: permission, transaction, lock, difference and event, in one block."""

from collections.abc import Collection, Iterable
from contextvars import ContextVar, Token
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from django.db import connection, models, transaction
from django.db.models.expressions import Combinable
from django.db.models.signals import post_save  # noqa: TID251  (tells what was saved, see `_follow`)
from django.utils.functional import LazyObject

from audit.activity import expectations, message, row
from audit.activity.actors import Actor, acting, outdated
from audit.activity.errors import Refused
from audit.activity.kinds import Kind, kind_of
from audit.activity.occurrence import Changes, Occurrence, Statement
from audit.activity.origin import _current, current_origin
from audit.activity.permissions import needs
from audit.activity.sentence import subject_of

if TYPE_CHECKING:
    from audit.activity.declaration import Activity

_open: ContextVar["Step | None"] = ContextVar("open_step", default=None)


class Step:
    """One activity being performed. Blocks nest: the outermost one owns the transaction, all share one request id.

    An error inside an inner block undoes everything, also if the outer block catches it. A refusal is recorded when
    the outermost block has ended, however it ended.
    """

    def __init__(
        self,
        activity: "Activity",
        entity: models.Model | None,
        *,
        by: Actor,
        reason: str,
        facts: dict[str, Any],
    ) -> None:
        self.activity, self.by, self.reason, self.facts = activity, acting(by), reason, facts
        self.entity = _unwrapped(entity)
        self.locks = True
        self.kind: Kind | None = kind_of(self.entity) if self.entity is not None else activity.kind
        if activity.kind and self.kind and activity.kind.model is not self.kind.model:
            raise TypeError(
                f"{activity.code} happens to a {activity.kind.label}, not to a {self.kind.label}."
            )
        self.key = self.entity.pk if self.entity is not None else None
        self.label = ""  # the entity's name before the block, for when it is gone after it
        self._before: row.Row | None = None
        self._now: row.Row = {}
        self._entered: row.Row = {}
        self._lent: set[str] = set()
        self._outer: Step | None = None
        self._refusals: list[tuple[Activity, Occurrence]] = []
        self._tokens: list[Token[Any]] = []

    def __enter__(self) -> Self:
        self._outer = _open.get()
        if not self._asks_late:
            self.permit()
        self._owns_transaction = not connection.in_atomic_block
        self._atomic = transaction.atomic(savepoint=self._outer is None)
        self._atomic.__enter__()
        self._tokens = [_open.set(self), _current.set(current_origin())]
        try:
            self._begin()
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self._end(kind, error, traceback)
        finally:
            _open.reset(self._tokens[0])
            try:
                for activity, occurrence in self._refusals:
                    message.record_apart(activity, occurrence)
            finally:
                _current.reset(self._tokens[1])

    @property
    def _asks_late(self) -> bool:
        """Whether the permission is asked once the row is held: the outermost step may have had to wait for it."""
        return self.locks and self._outer is None

    def permit(self) -> None:
        """Raise Refused if the actor lacks the permission that the activity requires."""
        within = self.facts.get(self.activity.within) if self.activity.within else None
        if not self.activity.allowed(self.by, self.entity, within):
            raise self.refusal(needs(self.activity.requires))

    def refusal(self, words: str) -> Refused:
        """Return the error for this attempt. It is recorded in a transaction of its own: at once, or, inside another
        step, after that step's transaction has ended."""
        occurrence = message.refused(self, words)
        if outer := _open.get():
            outer.outermost()._refusals.append((self.activity, occurrence))
        else:
            message.record_apart(self.activity, occurrence)
        return Refused(self.activity.requires, words)

    def outermost(self) -> "Step":
        """Return the step whose transaction this is."""
        return self._outer.outermost() if self._outer else self

    def saved(self, thing: models.Model, only: Collection[str] | None) -> None:
        """Take note that a row was saved, through whichever instance, if it is this step's."""
        if self.kind and thing.pk == self.key and thing._meta.concrete_model is self.kind.model:
            self._wrote(thing, row.saved(thing, self.kind, only))
        if self._outer:
            self._outer.saved(thing, only)

    def _end(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._finish()
        except BaseException as failure:
            self._atomic.__exit__(type(failure), failure, failure.__traceback__)
            raise
        self._atomic.__exit__(kind, error, traceback)

    def _begin(self) -> None:
        if self._asks_late and (self.entity is None or self.entity._state.adding):
            self._renew()
            self.permit()
        if self.entity is not None and self.kind is not None and self.locks:
            self._before = {} if self.entity._state.adding else self._hold(self.entity, self.kind)
            self._now = dict(self._before)
            held = self.entity.__dict__
            self._entered = {name: held[name] for name in self._before if name in held}
            # what an outer block has assigned is for that one to write
            self._lent = {n for n, value in self._entered.items() if self._outer and value != self._before[n]}
        if self.entity is not None and not self.entity._state.adding:
            self.label = subject_of(self.entity).label
        self.facts = {name: _listed(value) for name, value in self.facts.items()}

    def _hold(self, entity: models.Model, kind: Kind) -> row.Row:
        """Lock and read the row, unless an outer step did: then what it knows of the row is what the row holds."""
        outer = self._outer
        while outer and not (outer._now and outer.key == self.key and outer.kind is kind):
            outer = outer._outer
        if outer and row.agrees(entity, kind, outer._now):
            return dict(outer._now)
        if outer and outer.entity is entity:
            # what the outer block has assigned, this block may save; refreshing would lose it
            return row.read(kind, self.key)
        before = row.lock(kind, self.key, outdated(self.by) if self._asks_late else None)
        row.refresh(entity, kind, before)
        if self._asks_late:
            self._renew()  # where the lock was long in coming
            self.permit()  # of a thing as it is, by somebody as they are, now that nobody can change it
        expectations.meet(entity)
        return before

    def _renew(self) -> None:
        if by := outdated(self.by):
            row.renew(by)

    def _finish(self) -> None:
        change = self._unsaved()
        fields, changes = self._difference()
        if self.activity.is_update and self.locks and not fields:
            if change:  # it puts back what the row held before the block
                row.execute(change)
            return
        occurrence = message.performed(self, fields, changes)
        message.send(self.activity, occurrence, change=change, last=self._owns_transaction)

    def _unsaved(self) -> Statement | None:
        """Return the statement that writes what the block assigned to the entity and did not save itself."""
        if self.entity is None or self.kind is None or not self._before or self.is_gone:
            return None
        values = row.assigned(self.entity, self.kind, self._entered, self._now)
        if not values:
            return None
        if any(isinstance(value, Combinable) for value in values.values()):  # only Django can say it in SQL
            self.entity.save(update_fields=[f.name for f in self.kind.recorded_fields if f.attname in values])
            return None
        step: Step | None = self
        while step:
            if step.key == self.key and step.kind is self.kind:
                step._wrote(self.entity, values)
            step = step._outer
        statement = row.update(self.kind, self.key, values)
        if row.agrees(self.entity, self.kind, self._now, self._lent):
            return statement
        row.execute(statement)  # the row is going to be read again, so it has to hold the values
        return None

    def _wrote(self, thing: models.Model, values: row.Row) -> None:
        """Take note of what the row holds now, and the instance with it: what is assigned from here on is new."""
        self._now.update(values)
        if thing is self.entity:
            self._entered.update(values)

    def _difference(self) -> tuple[tuple[str, ...], Changes]:
        if self._before is None or self.entity is None or self.kind is None:
            return self.activity.fields, {}
        if self.entity._state.adding and not self._before:
            return (), {}  # never saved, so nothing was created
        after = {} if self.is_gone else self._after(self.entity, self.kind)
        fields, changes = row.difference(self.kind, self._before, after)
        if self.is_gone or not self._before:
            fields = ("*",)  # rather than its columns: those would speak of the other subjects' columns too
        return (*fields, *self.activity.fields), changes

    @property
    def is_gone(self) -> bool:
        """Say whether the entity was deleted inside the block."""
        return self.entity is not None and self.entity.pk is None

    def _after(self, entity: models.Model, kind: Kind) -> row.Row:
        """Return the row as it is now. Only where the instance tells another story than its saves, it is read again:
        a value that the database computed, a save through another instance."""
        if not row.agrees(entity, kind, self._now, self._lent):
            self._now = row.read(kind, self.key)
            row.refresh(entity, kind, self._now, self._lent)
        return self._now


def _follow(instance: models.Model, update_fields: Collection[str] | None = None, **_: Any) -> None:
    # What an instance holds is not what was saved: save(update_fields=...) leaves the rest out.
    if step := _open.get():
        step.saved(instance, update_fields)


post_save.connect(_follow, dispatch_uid="audit.activity.step")


def _unwrapped(thing: Any) -> Any:
    """Return the thing itself where `request.user` and the like only stand for it."""
    if not issubclass(type(thing), LazyObject):
        return thing
    thing.pk  # noqa: B018  (asking for anything loads it)
    return thing._wrapped


def _listed(value: Any) -> Any:
    """Return a query's or a generator's things as they are now, before the block changes who belongs to them.

    A list stays as it is: the block may still fill it.
    """
    as_it_is = isinstance(value, str | bytes | models.Model | list | tuple)
    return tuple(value) if isinstance(value, Iterable) and not as_it_is else value
