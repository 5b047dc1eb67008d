"""From a step to the message that the record receives: what was performed, or what was refused."""

from typing import TYPE_CHECKING, Any

from django.db import transaction

from audit.activity.occurrence import Changes, Occurrence, Statement, Subject, activity_performed
from audit.activity.origin import current_origin
from audit.activity.sentence import Subjects, Template, subject_of

if TYPE_CHECKING:
    from audit.activity.declaration import Activity
    from audit.activity.step import Step

REFUSED = Template("Refused '{activity}'")
REFUSED_AMONG = Template("Refused '{activity}' for {kinds}")
REFUSED_FOR = Template("Refused '{activity}' for {kind} '{entity}'")


def performed(step: "Step", fields: tuple[str, ...], changes: Changes) -> Occurrence:
    """Return the account of a step that has done its work."""
    subjects, facts = Subjects(), dict(step.facts)
    entity = _entity(step)
    if entity is not None and step.entity is not None:
        subjects.add(entity)
        facts["entity"] = _Gone(step.entity, entity) if step.is_gone else step.entity
    sentence, links = step.activity.sentence.fill(facts, subjects)
    subjects.add_facts(step.facts)
    return Occurrence(
        activity=step.activity.code,
        entity_kind=step.kind.name if step.kind else "",
        entity=entity,
        by=step.by,
        origin=current_origin(),
        sentence=sentence,
        links=links,
        subjects=subjects.all(),
        is_update=step.activity.is_update,
        outcome=step.activity.outcome,
        changed_fields=fields,
        changes={**changes, **_change_of_facts(step, facts)},
        reason=step.reason or getattr(step.by, "reason", ""),
    )


def refused(step: "Step", words: str) -> Occurrence:
    """Return the account of an attempt that was refused. What was never made is named, but is no subject."""
    subjects = Subjects()
    what = step.activity.name.replace("_", " ")
    sentence, links = REFUSED.fill({"activity": what}, subjects)
    if step.kind is not None:
        kinds = step.kind.title.lower()
        sentence, links = REFUSED_AMONG.fill({"activity": what, "kinds": kinds}, subjects)
    exists = step.entity is not None and not step.entity._state.adding
    if step.entity is not None and step.kind is not None:
        entity = step.entity if exists else step.kind.describe(step.entity)
        facts = {"activity": what, "kind": step.kind.label.lower(), "entity": entity}
        subjects.add_facts({"entity": entity})
        sentence, links = REFUSED_FOR.fill(facts, subjects)
    subjects.add_facts(step.facts)
    everyone = subjects.all()
    return Occurrence(
        activity=step.activity.code,
        entity_kind=step.kind.name if step.kind else "",
        entity=everyone[0] if exists else None,
        by=step.by,
        origin=current_origin(),
        sentence=sentence,
        links=links,
        subjects=everyone,
        is_update=step.activity.is_update,
        outcome="refused",
        reason=f"Needs {words}",
    )


def send(
    activity: "Activity", occurrence: Occurrence, *, change: Statement | None = None, last: bool = False
) -> None:
    """Send the message. `change` is what is still to be written besides the record; `last` says that the transaction
    ends here. Whoever writes does all of it in the same breath."""
    if not activity_performed.send(sender=activity, occurrence=occurrence, change=change, last=last):
        raise RuntimeError("Nothing records activities: the audit app is not installed.")


def record_apart(activity: "Activity", occurrence: Occurrence) -> None:
    """Send the message in a transaction of its own.

    Raises RuntimeError inside somebody's `transaction.atomic()`: what undoes that one would undo the record too.
    """
    with transaction.atomic(durable=True):
        send(activity, occurrence)


def _entity(step: "Step") -> Subject | None:
    if step.entity is None:
        return None
    if step.is_gone and step.kind is not None and step.key is not None:
        return Subject(step.kind.name, step.key, step.label)
    return subject_of(step.entity)


def _change_of_facts(step: "Step", facts: dict[str, Any]) -> Changes:
    if step.activity.change is None:
        return {}
    label, _ = step.activity.change.fill(facts, Subjects())
    return {label: (_text(facts.get("old")), _text(facts.get("new")))}


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else Subjects().label(value)


class _Gone(Subject):
    """A thing that was deleted, as a sentence names it: its label as it was, and what else is known of it."""

    thing: Any

    def __init__(self, thing: Any, subject: Subject) -> None:
        super().__init__(subject.kind, subject.key, subject.label)
        object.__setattr__(self, "thing", thing)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.thing, name)
