"""Performing an activity: permission, transaction, lock, difference and event, in one block."""

from contextvars import ContextVar, Token
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction

from audit.activity import row
from audit.activity.actors import Actor
from audit.activity.errors import Refused
from audit.activity.kinds import Kind, kind_of
from audit.activity.occurrence import Changes, Occurrence, activity_performed
from audit.activity.origin import _current, current_origin
from audit.activity.permissions import needs
from audit.activity.sentence import Subjects, Template, subject_of

if TYPE_CHECKING:
    from audit.activity.declaration import Activity

REFUSED = Template("Refused '{activity}'")
REFUSED_FOR = Template("Refused '{activity}' for {kind} '{entity}'")

_open: ContextVar["Step | None"] = ContextVar("open_step", default=None)


class Step:
    """One activity being performed. Blocks nest: the outermost one owns the transaction, all share one request id."""

    def __init__(
        self,
        activity: "Activity",
        entity: models.Model | None,
        *,
        by: Actor,
        reason: str,
        facts: dict[str, Any],
    ) -> None:
        self.activity, self.entity, self.by, self.reason, self.facts = activity, entity, by, reason, facts
        self.locks = True
        self.kind: Kind | None = kind_of(entity) if entity is not None else activity.kind
        self._before: row.Row | None = None
        self._outer: Step | None = None
        self._tokens: list[Token[Any]] = []

    def __enter__(self) -> Self:
        self._outer = _open.get()
        self.permit()
        origin = current_origin()
        self._tokens = [_open.set(self), _current.set(origin)]
        self._atomic = transaction.atomic(savepoint=self._outer is None)
        self._atomic.__enter__()
        try:
            self._begin()
            self._subject = subject_of(self.entity) if self.entity is not None else None
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._finish()
        except BaseException as failure:
            self._atomic.__exit__(type(failure), failure, failure.__traceback__)
            raise
        else:
            self._atomic.__exit__(kind, error, traceback)
        finally:
            _open.reset(self._tokens[0])
            if self._outer is None and isinstance(error, Refused) and error.occurrence:
                _record_apart(error.occurrence)
                error.occurrence = None
            _current.reset(self._tokens[1])

    def permit(self) -> None:
        """Raise Refused if the actor lacks the permission that the activity requires."""
        within = self.facts.get(self.activity.within) if self.activity.within else None
        if not self.activity.allowed(self.by, self.entity, within):
            raise self.refusal(needs(self.activity.requires))

    def refusal(self, words: str) -> Refused:
        """Return the error for this attempt. It is recorded in a transaction of its own: at once, or, inside another
        step, after that step's transaction was rolled back."""
        occurrence = _refusal(self, words)
        if _open.get() is None:
            _record_apart(occurrence)
            return Refused(self.activity.requires, words)
        return Refused(self.activity.requires, words, occurrence)

    def _begin(self) -> None:
        if not self.locks or self.entity is None or self.kind is None:
            return
        if self.entity._state.adding:
            self._before = {}
        else:
            self._before = row.read(self.entity, self.kind, lock=True)
            row.refresh(self.entity, self.kind, self._before)

    def _finish(self) -> None:
        fields, changes = self._difference()
        if self.activity.is_update and self.locks and not fields:
            return
        _send(self.activity, self._occurrence(fields, changes))

    def _difference(self) -> tuple[tuple[str, ...], Changes]:
        if self._before is None or self.entity is None or self.kind is None:
            return self.activity.fields, {}
        gone = self.entity.pk is None
        after = {} if gone else row.saved(self.entity, self.kind)
        fields, changes = row.difference(self.kind, self._before, after)
        whole = ("*",) if gone or not self._before else ()
        return (*whole, *fields, *self.activity.fields), changes

    def _occurrence(self, fields: tuple[str, ...], changes: Changes) -> Occurrence:
        subjects = Subjects()
        facts = dict(self.facts)
        if self._subject is not None and self.entity is not None:
            entity = self._subject if self.entity.pk is None else subject_of(self.entity)
            subjects.add(entity)
            facts["entity"] = _Named(self.entity, entity.label) if self.entity.pk is None else self.entity
        sentence, links = self.activity.sentence.fill(facts, subjects)
        subjects.add_facts(self.facts)
        everyone = subjects.all()
        return Occurrence(
            activity=self.activity.code,
            entity_kind=self.kind.name if self.kind else "",
            entity=everyone[0] if self._subject is not None else None,
            by=self.by,
            origin=current_origin(),
            sentence=sentence,
            links=links,
            subjects=everyone,
            is_update=self.activity.is_update,
            outcome=self.activity.outcome,
            changed_fields=fields,
            changes={**changes, **self._change_of_facts()},
            reason=self.reason or getattr(self.by, "reason", ""),
        )

    def _change_of_facts(self) -> Changes:
        if self.activity.change is None:
            return {}
        label, _ = self.activity.change.fill({**self.facts, "entity": self.entity}, Subjects())
        return {label: (_text(self.facts.get("old")), _text(self.facts.get("new")))}


class _Named:
    """A deleted thing in a sentence: it still has its attributes, and is called what it was called."""

    def __init__(self, thing: models.Model, label: str) -> None:
        self._thing, self._label = thing, label

    def __getattr__(self, name: str) -> Any:
        return getattr(self._thing, name)

    def __str__(self) -> str:
        return self._label


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else Subjects().label(value)


def _refusal(step: Step, words: str) -> Occurrence:
    subjects = Subjects()
    what = step.activity.name.replace("_", " ")
    sentence, links = REFUSED.fill({"activity": what}, subjects)
    if step.entity is not None and step.kind is not None:
        subjects.add(step.entity)
        facts = {"activity": what, "kind": step.kind.label.lower(), "entity": step.entity}
        sentence, links = REFUSED_FOR.fill(facts, subjects)
    subjects.add_facts(step.facts)
    everyone = subjects.all()
    return Occurrence(
        activity=step.activity.code,
        entity_kind=step.kind.name if step.kind else "",
        entity=everyone[0] if step.entity is not None else None,
        by=step.by,
        origin=current_origin(),
        sentence=sentence,
        links=links,
        subjects=everyone,
        is_update=step.activity.is_update,
        outcome="refused",
        reason=f"Needs {words}",
    )


def _send(activity: Any, occurrence: Occurrence) -> None:
    if not activity_performed.has_listeners(activity):
        raise RuntimeError("Nothing records activities: the audit app is not installed.")
    activity_performed.send(sender=activity, occurrence=occurrence)


def _record_apart(occurrence: Occurrence) -> None:
    with transaction.atomic():
        _send(occurrence.activity, occurrence)
