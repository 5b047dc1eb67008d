"""Everything one can do with environments and with the settings of the whole console."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Max, ProtectedError, prefetch_related_objects
from django.db.models.deletion import Collector

from audit.activity import Activity, Actor, AlreadyDone, Kind, System, kind_of
from infrastructure import activities
from infrastructure.entries import explained, line
from infrastructure.models import ConsoleSettings, Environment
from infrastructure.programs import available_programs

# labels of letters, digits and inner hyphens: a full name, the short one of an intranet, or an IPv4 address
HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")
NAMED = 12  # how many of the things in the way are called by name
TIME_LIMITS = range(1, 24 * 60 * 60 + 1)  # seconds per application: up to a day

# What apps above do when an environment is registered, called with it and the actor inside the registration step.
RegistrationStep = Callable[[Environment, Actor], None]
registration_steps: list[RegistrationStep] = []


def register_environment(
    *,
    by: Actor,
    name: str,
    purpose: str,
    address: str = "",
    two_stage: bool = False,
    position: int | None = None,
    then: Sequence[RegistrationStep] = (),
) -> Environment:
    """Add an environment at `position` in the order, counted from 0 (None: last). Raises ValidationError.

    `then` are steps of this registration alone, after those of all.
    """
    environment = Environment()
    with (
        _named_once(),
        activities.environment_registered(environment, by=by),
        _order_held(by),
    ):
        _set(environment, name=name, purpose=purpose, address=address, two_stage=two_stage)
        last = Environment.objects.aggregate(last=Max("position"))["last"]
        environment.position = 0 if last is None else last + 1
        environment.save(force_insert=True)
        for step in (*registration_steps, *then):
            step(environment, by)
        if position is not None:
            _move(environment, position, by)
    return environment


def change_environment(
    environment: Environment, *, by: Actor, name: str, purpose: str, address: str, two_stage: bool
) -> None:
    """Change an environment: an event for each setting changed, and one for all. Raises ValidationError."""
    with _named_once(), activities.environment_updated(environment, by=by):
        before = _settings(environment)
        _set(environment, name=name, purpose=purpose, address=address, two_stage=two_stage)
        _record_each(environment, by, before, _settings(environment))


def move_environment(environment: Environment, *, by: Actor, position: int) -> None:
    """Move an environment to `position`, counted from 0, neighbour by neighbour. Raises ValidationError."""
    activities.order_switched.ask(environment, by=by)
    with _order_held(by):
        _move(environment, position, by)


def unregister_environment(environment: Environment, *, by: Actor) -> None:
    """Remove an environment. Raises ValidationError, naming them, while applications run or plans lead there."""
    roles: list[Any] = []
    applications: list[Any] = []
    with (
        explained(),
        activities.environment_unregistered(environment, by=by, roles=roles, applications=applications),
    ):
        # from here on nobody can add a row that names this environment
        Environment.objects.select_for_update().get(pk=environment.pk)
        if blocking := in_the_way(environment, by):
            raise ValidationError(blocking)
        roles += [row.role for row in environment.levels.select_related("role")]
        applications += [row.application for row in environment.blocks.select_related("application")]
        environment.delete()


def in_the_way(environment: Environment, by: Actor) -> list[str]:
    """Say, in sentences, what keeps an environment from being unregistered. Names only what `by` may see."""
    # what runs there is a row of its application; a plan is a thing of its own
    things: dict[Kind, list[Any]] = defaultdict(list)
    rows = _protected(environment)
    of_applications = [row for row in rows if hasattr(type(row), "application")]
    prefetch_related_objects(of_applications, "application")
    for row in rows:
        thing = getattr(row, "application", row)
        things[kind_of(thing)].append(thing)
    return [
        f"{kind.title} still use '{environment}', so it stays: {_names(kind, found, by)}."
        for kind, found in things.items()
    ]


def enable_maintenance(environment: Environment, *, by: Actor, reason: str) -> None:
    """Close an environment to deployments and tags, with the reason that people read there. Raises ValidationError."""
    why = " ".join(reason.split())
    with activities.maintenance_enabled(environment, by=by, reason=why, why=why):
        if environment.in_maintenance:
            raise AlreadyDone(f"'{environment}' is in maintenance mode already; disable it first.")
        if not why:
            raise ValidationError({"reason": "Say why: people read it while the environment is closed."})
        environment.maintenance_reason = _line("maintenance_reason", why, "reason")
        environment.in_maintenance = True


def disable_maintenance(environment: Environment, *, by: Actor) -> None:
    """Open an environment again. In one that is open nothing happens and nothing is recorded."""
    with activities.maintenance_disabled(environment, by=by):
        environment.in_maintenance, environment.maintenance_reason = False, ""


def change_settings(*, by: Actor, runner: str, runner_program: str, runner_timeout: int) -> None:
    """Change how deployments run: an event for each setting changed, and one for all. Raises ValidationError."""
    settings = ConsoleSettings.load()
    with activities.settings_updated(settings, by=by):
        before = _settings(settings)
        _check_settings(runner, runner_program, runner_timeout)
        settings.runner, settings.runner_program = runner, runner_program
        settings.runner_timeout = runner_timeout
        _record_each(settings, by, before, _settings(settings))


SETTING_CHANGES: dict[str, Activity] = {
    "name": activities.environment_renamed,
    "purpose": activities.purpose_changed,
    "address": activities.address_changed,
    "two_stage": activities.two_stage_switched,
    "runner": activities.runner_changed,
    "runner_program": activities.runner_program_changed,
    "runner_timeout": activities.runner_timeout_changed,
}


def _settings(thing: Environment | ConsoleSettings) -> dict[str, Any]:
    """Return the settings in the form in which sentences name them."""
    fields = [name for name in SETTING_CHANGES if hasattr(thing, name)]
    return {name: _readable(thing, name) for name in fields}


def _readable(thing: Environment | ConsoleSettings, field: str) -> Any:
    value = getattr(thing, field)
    if isinstance(value, bool):
        return "on" if value else "off"
    choice = getattr(thing, f"get_{field}_display", None)
    return (choice() if choice else value) or "none"


def _record_each(thing: Any, by: Actor, before: dict[str, Any], after: dict[str, Any]) -> None:
    for field, old in before.items():
        if after[field] != old:
            SETTING_CHANGES[field].record(thing, by=by, old=old, new=after[field])


def _set(environment: Environment, *, name: str, purpose: str, address: str, two_stage: bool) -> None:
    if purpose not in Environment.Purpose:
        raise ValidationError(
            {"purpose": f"'{purpose}' is no purpose; choose from {', '.join(Environment.Purpose)}."}
        )
    environment.name = line(Environment, "name", name, required=True)
    environment.address = _host(line(Environment, "address", address))
    environment.purpose = purpose
    environment.two_stage = two_stage


def _host(address: str) -> str:
    if address and not HOST.fullmatch(address):
        raise ValidationError(
            {"address": f"'{address}' is no host name. Write it without https:// and path: qa.example.com."}
        )
    return address


def _line(field: str, text: str, entry: str) -> str:
    """Check a text whose field is called differently where it is entered."""
    try:
        return line(Environment, field, text)
    except ValidationError as error:
        raise ValidationError({entry: error.messages}) from error


def _named_once() -> Any:
    return explained(
        "environment_name_unique", name="Another environment has this name; choose a different one."
    )


def _order_held(by: Actor) -> Any:
    """Open a step in which nobody else changes the order. It locks the infrastructure's row and records nothing by
    itself; taken before any environment's row, so that two people who move cannot wait for each other."""
    return activities.environments_arranged(ConsoleSettings.load(), by=by, environments=[])


def _move(environment: Environment, position: int, by: Actor) -> None:
    order: list[Environment] = list(Environment.objects.in_order())
    if environment not in order:
        raise ValidationError(f"'{environment}' is not registered any more.")
    if position not in range(len(order)):
        raise ValidationError({"position": f"Choose a position from 0 to {len(order) - 1}, not {position}."})
    place = start = order.index(environment)
    environment.position, order[place] = order[place].position, environment
    while place != position:
        further = place + (1 if position > place else -1)
        _switch(environment, order[further], by)
        order[place], order[further] = order[further], order[place]
        place = further
    if place != start:
        activities.environments_arranged.record(ConsoleSettings.load(), by=by, environments=order)


def _switch(environment: Environment, neighbour: Environment, by: Actor) -> None:
    old, new = neighbour.position, environment.position
    with activities.order_switched(environment, by=by, neighbour=neighbour, old=old, new=new):
        environment.position, neighbour.position = old, new
        neighbour.save(update_fields=["position"])


def _protected(environment: Environment) -> list[Any]:
    """Return the rows for whose sake the database keeps the environment."""
    try:
        Collector(using=DEFAULT_DB_ALIAS).collect([environment])
    except ProtectedError as error:
        return list(error.protected_objects)
    return []


def _names(kind: Kind, things: Sequence[Any], by: Actor) -> str:
    keys = {thing.pk for thing in things}
    seen = things if isinstance(by, System) else list(kind.visible(by).filter(pk__in=keys))
    names = sorted((kind.describe(thing) for thing in seen), key=_as_people_sort)
    hidden, unnamed = len(keys) - len(names), len(names[NAMED:])
    rest = [f"{unnamed} more"] * bool(unnamed) + [f"{hidden} that you may not see"] * bool(hidden)
    return ", ".join([*names[:NAMED], *rest])


def _as_people_sort(name: str) -> list[str | int]:
    """Sort #9 before #10, and a before B."""
    return [int(part) if part.isdecimal() else part.casefold() for part in re.split(r"(\d+)", name)]


def _check_settings(runner: str, program: str, timeout: int) -> None:
    if runner not in ConsoleSettings.Runner:
        raise ValidationError({"runner": f"'{runner}' is no runner; choose registry or command."})
    if runner == ConsoleSettings.Runner.COMMAND and program not in available_programs():
        raise ValidationError(
            {"runner_program": "Choose one of the programs that the server's administrator provides."}
        )
    if timeout not in TIME_LIMITS:
        raise ValidationError(
            {"runner_timeout": f"Choose from 1 to {TIME_LIMITS[-1]} seconds, not {timeout}."}
        )
