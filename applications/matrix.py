"""The matrix of applications and environments, as one reader may see it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import FilteredRelation, OuterRef, Q, Subquery

from applications.models import Application, Block, EffectivePermission, EnvironmentStatus
from applications.rules import environments_seen
from applications.waiting import WaitingPlan, plan_to, waiting_plans
from infrastructure.models import Environment
from roles.models import Level

CELLS = 120  # of a page, so that it stays small however many environments there are
MOST = 50  # rows of a page


@dataclass(frozen=True)
class Cell:
    """An application in an environment: what the reader may do there, and, from List Applications on, what there is."""

    environment: Environment
    level: Level = Level.NO_ACCESS
    status: EnvironmentStatus | None = None
    block: str = ""  # the reason for which the application is kept out; empty if it is not
    arrow: "Arrow | None" = None
    waiting: Sequence[dict[str, Any]] = ()  # plans from here that wait for somebody
    behind: "Environment | None" = None  # the environment before this one, if it runs a lower version

    @property
    def is_listed(self) -> bool:
        """Whether the reader may know what is here."""
        return self.level >= Level.LIST

    @property
    def may_change(self) -> bool:
        """Whether the reader may tag, deploy and block here."""
        return self.level >= Level.CHANGE_AND_DEPLOY

    @property
    def is_untagged(self) -> bool:
        """Whether something runs here that no version holds."""
        return self.status is not None and (self.status.is_modified or self.status.version is None)


@dataclass(frozen=True)
class Arrow:
    """A way to deploy what runs in one environment to the next, or the plan by which somebody began to."""

    source: Environment
    target: Environment
    words: str
    plan: WaitingPlan | None = None  # that does so already, and waits for somebody


@dataclass(frozen=True)
class Row:
    application: Application
    cells: Sequence[Cell]


def rows_of_a_page(environments: int) -> int:
    """Return how many applications stand on a page, so that its size does not grow with the environments."""
    return max(1, min(MOST, CELLS // max(environments, 1)))


def rows(applications: Sequence[Application], environments: Sequence[Environment], reader: Any) -> list[Row]:
    """Return a row per application with a cell per environment, in two queries however many there are."""
    listed = _listed(applications, reader)
    statuses = {
        (status.application_id, status.environment_id): status
        for status in EnvironmentStatus.objects.filter(application__in=applications)
        .select_related("version", "changed_by")
        .annotate(
            waiting=waiting_plans(reader, application=OuterRef("application"), source=OuterRef("environment"))
        )
    }
    found = []
    for application in applications:
        cells = []
        for environment in environments:
            level, block = listed[application.pk].get(environment.pk, (Level.NO_ACCESS, ""))
            status = statuses.get((application.pk, environment.pk)) if level >= Level.LIST else None
            waiting: Sequence[dict[str, Any]] = getattr(status, "waiting", ())
            cells.append(Cell(environment, level, status, block, waiting=waiting))
        found.append(Row(application, with_arrows(cells)))
    return found


def places(application: Application, reader: Any) -> list[Cell]:
    """Return the cells of one application in the environments that the reader enters, in one query."""
    at_the_place = {"application": application, "environment": OuterRef("pk")}
    environments = environments_seen(reader).annotate(
        level=Subquery(EffectivePermission.objects.filter(user=reader.pk, **at_the_place).values("level")),
        block=Subquery(Block.objects.filter(**at_the_place).values("reason")),
        waiting=waiting_plans(reader, application=application, source=OuterRef("pk")),
        here=FilteredRelation("statuses", condition=Q(statuses__application=application)),
    )
    cells = []
    for environment in environments.select_related("here__version", "here__changed_by"):
        level = Level(environment.level or Level.NO_ACCESS)
        listed = level >= Level.LIST
        status = getattr(environment, "here", None) if listed else None
        block = (environment.block or "") if listed else ""
        cells.append(Cell(environment, level, status, block, waiting=environment.waiting if status else ()))
    return with_arrows(cells)


def with_arrows(cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells of an application, in the order of the environments, each with what it has for the next."""
    placed = list(cells)
    following: list[Cell | None] = [*placed[1:], None]
    before: list[Cell | None] = [None, *placed[:-1]]
    return [
        replace(cell, arrow=_onward(cell, onward), behind=_behind(back, cell))
        for back, cell, onward in zip(before, placed, following, strict=True)
    ]


def _listed(applications: Sequence[Application], reader: Any) -> dict[UUID, dict[UUID, tuple[Level, str]]]:
    """Return, by application and environment, the reader's level and the reason of a block."""
    block = Block.objects.filter(application=OuterRef("application"), environment=OuterRef("environment"))
    held = EffectivePermission.objects.filter(
        user=reader.pk, application__in=applications, level__gte=Level.LIST
    ).annotate(block=Subquery(block.values("reason")))
    found: dict[UUID, dict[UUID, tuple[Level, str]]] = defaultdict(dict)
    for application, environment, level, reason in held.values_list(
        "application", "environment", "level", "block"
    ):
        found[application][environment] = (Level(level), reason or "")
    return found


def _onward(here: Cell, there: Cell | None) -> Arrow | None:
    """Return the plan that waits between two neighbours; where there is none, the way to make one."""
    plan = plan_to(there.environment, here.waiting) if there else None
    if there is None or plan is None:
        return _arrow(here, there)
    words = f"Plan #{plan.number} to {there.environment} is {plan.state}"
    return Arrow(here.environment, there.environment, words, plan)


def _arrow(here: Cell, there: Cell | None) -> Arrow | None:
    """Return the way onward, if there is something newer here and the reader may bring it there now."""
    if there is None or here.status is None or not there.may_change:
        return None
    if there.block or there.environment.in_maintenance:
        return None
    target = f"to {there.environment}"
    if _is_above(here, there):
        return Arrow(here.environment, there.environment, f"Deploy {here.status.version} {target}")
    if here.is_untagged and here.may_change and not here.environment.in_maintenance:
        return Arrow(here.environment, there.environment, f"Tag & Deploy {target}")
    return None


def _is_above(one: Cell, other: Cell) -> bool:
    """Say whether the first runs a version above the other's, which may be none."""
    mine = one.status.version if one.status else None
    others = other.status.version if other.status else None
    return mine is not None and (others is None or mine.parts > others.parts)


def _behind(back: Cell | None, here: Cell) -> Environment | None:
    if back is None or back.status is None or back.status.version is None or not _is_above(here, back):
        return None
    return back.environment
