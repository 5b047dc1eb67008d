"""Roles drawn by hypothesis, and the rule of what is above what, by brute force: an oracle."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from infrastructure.models import Environment
from roles.levels import RoleLevel
from roles.models import Level, Role
from tests import factories

ENVIRONMENTS = ("Development", "Production")


@dataclass(frozen=True)
class Here:
    """What a role permits in one environment."""

    level: int
    creates: bool
    adds: bool


@dataclass(frozen=True)
class Draft:
    """A role before it is stored."""

    infrastructure: bool
    teams: bool
    logs: bool
    here: tuple[Here, ...]


@st.composite
def heres(draw: st.DrawFn) -> Here:
    level = draw(st.integers(0, 6))
    return Here(level, level >= 5 and draw(st.booleans()), level >= 1 and draw(st.booleans()))


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    infrastructure = draw(st.booleans())
    places = st.tuples(*[heres() for _ in ENVIRONMENTS])
    return Draft(infrastructure, infrastructure or draw(st.booleans()), draw(st.booleans()), draw(places))


def lowered(one: Draft, other: Draft) -> Draft:
    """What both permit: nowhere above either."""
    here = tuple(
        Here(min(mine.level, there.level), mine.creates and there.creates, mine.adds and there.adds)
        for mine, there in zip(one.here, other.here, strict=True)
    )
    return Draft(
        one.infrastructure and other.infrastructure, one.teams and other.teams, one.logs and other.logs, here
    )


def exceeds(wanted: Draft, own: Draft) -> bool:
    """The rule, by brute force: is there anything that `wanted` permits and `own` does not?"""
    permits = [
        (wanted.infrastructure, own.infrastructure),
        (wanted.teams, own.teams),
        (wanted.logs, own.logs or own.infrastructure),  # managing the infrastructure implies reading its logs
    ]
    for there, mine in zip(wanted.here, own.here, strict=True):
        permits += [(there.level >= level, mine.level >= level) for level in range(1, 7)]
        permits += [(there.creates, mine.creates), (there.adds, mine.adds)]
    return any(has and not holds for has, holds in permits)


def stored(name: str, draft: Draft, places: list[Environment]) -> Role:
    levels: dict[Environment, Any] = {
        place: RoleLevel(Level(here.level), here.creates, here.adds)
        for place, here in zip(places, draft.here, strict=True)
    }
    return factories.role(
        name,
        levels,
        manage_infrastructure=draft.infrastructure,
        manage_teams=draft.teams,
        view_audit_logs=draft.logs,
    )
