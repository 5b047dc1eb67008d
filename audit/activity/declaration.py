"""Declaring what can happen: one declaration is the name, the sentence, the kind, the facts and the permission."""

from typing import Any, NoReturn

from django.db import models

from audit.activity.actors import Actor
from audit.activity.kinds import Kind
from audit.activity.occurrence import Outcome
from audit.activity.sentence import Template
from audit.activity.step import Step

PUBLIC = "public"  # for `requires`: anybody may do this, signed in or not

_activities: dict[str, "Activity"] = {}


def activities() -> "dict[str, Activity]":
    """Return the catalogue: every declared activity by its code."""
    return dict(_activities)


class Activity:
    """Something that can happen to a thing of `kind`; called, it opens the block in which it happens.

    `sentence` is filled with `entity` and the named `facts`; facts that are things become subjects of the event.
    `requires` names the permission or is PUBLIC; it is asked about the thing, or, where `within` names a fact, about
    the pair of the thing and that fact ("may deploy this application in that environment"). `change` is the label
    under which the facts `old` and `new` stand in the table of changes. `fields` names what changes besides the
    columns of the entity's own row: rows of its parts ("levels"), columns of other subjects ("default_role").
    A `kind` of None declares an activity that can happen to a thing of any kind.
    """

    def __init__(
        self,
        kind: Kind | None,
        name: str,
        sentence: str,
        *,
        requires: str,
        facts: tuple[str, ...] = (),
        fields: tuple[str, ...] = (),
        change: str = "",
        within: str = "",
        is_update: bool = True,
        outcome: Outcome = "succeeded",
    ) -> None:
        self.kind, self.name, self.facts, self.fields, self.within = kind, name, facts, fields, within
        self.requires, self.is_update, self.outcome = requires, is_update, outcome
        self.sentence = Template(sentence)
        self.change = Template(change) if change else None
        self.code = f"{kind.model._meta.app_label}.{kind.name}.{name}" if kind else f"audit.{name}"
        if unknown := (self.sentence.names | (self.change.names if self.change else set())) - {
            "entity",
            *facts,
        }:
            raise ValueError(f"{self.code}: the sentence names {sorted(unknown)}, which are no facts of it.")
        if self.code in _activities:
            raise ValueError(f"Two activities are called {self.code}.")
        _activities[self.code] = self

    def __call__(self, entity: models.Model | None, *, by: Actor, reason: str = "", **facts: Any) -> Step:
        """Return the block in which this happens to `entity`, done by `by`.

        Entering it opens the transaction, locks and refreshes the entity's row, and raises Refused (and records the
        attempt) if `by` lacks the permission by then; an entity not yet saved is being created. Leaving it records the
        event with the difference, unless nothing changed. Raises RecordUnavailable if the record cannot be written.
        """
        if set(facts) != set(self.facts):
            raise TypeError(f"{self.code} takes the facts {self.facts}, not {tuple(facts)}.")
        return Step(self, entity, by=by, reason=reason, facts=facts)

    def record(self, entity: models.Model | None, *, by: Actor, reason: str = "", **facts: Any) -> None:
        """Record that this happened, where nothing of the entity's row changes: a read, a summary, a failure."""
        step = self(entity, by=by, reason=reason, **facts)
        step.locks = False
        with step:
            pass

    def ask(self, entity: models.Model | None, *, by: Actor, within: models.Model | None = None) -> None:
        """Raise Refused, on record, if `by` may not do this. For pages that ask before they show a form."""
        Step(self, entity, by=by, reason="", facts={self.within: within} if self.within else {}).permit()

    def refuse(self, entity: models.Model | None, *, by: Actor, needs: str, **facts: Any) -> NoReturn:
        """Raise Refused, on record, for a rule that depends on more than the thing, such as which role is handed out.

        `needs` completes the sentence "This needs ...".
        """
        raise Step(self, entity, by=by, reason="", facts=facts).refusal(needs)

    def allowed(
        self, by: Any, entity: models.Model | None = None, within: models.Model | None = None
    ) -> bool:
        """Say whether `by` may do this, without recording the question. For hiding buttons."""
        about = (entity, within) if self.within else entity
        return self.requires == PUBLIC or bool(by.has_perm(self.requires, about))

    def __repr__(self) -> str:
        return f"<Activity {self.code}>"
