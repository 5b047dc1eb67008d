"""What a plan's page shows of its applications, as its reader may know it: one query, however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from applications.models import Application, Block, EffectivePermission, EnvironmentStatus, Version
from deployments.conflicts import Conflict, Landscape, examine
from deployments.disclosure import Known, disclose
from deployments.models import Plan, PlanLogEntry, PlannedApplication
from deployments.rules import Standing
from roles.models import Level

Operation, State, Stage = PlannedApplication.Operation, PlannedApplication.State, Plan.Stage


@dataclass(frozen=True, slots=True)
class Place:
    """An application in an environment: what runs there, and the reader's level."""

    status: EnvironmentStatus | None
    level: int | None  # None: the reader does not enter the environment

    @property
    def shown(self) -> EnvironmentStatus | None:
        """What the reader may know of it."""
        return self.status if (self.level or 0) >= Level.LIST else None


@dataclass(slots=True)
class Row:
    """An application of the plan, or one that could stand in it."""

    application: Application
    planned: PlannedApplication | None
    source: Place
    target: Place
    times: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)  # by stage
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def moves(self) -> bool:
        """Say whether the plan deploys it."""
        return self.planned is not None and self.planned.operation != Operation.NOTHING

    @property
    def is_newer(self) -> bool:
        """Say whether the source has something that the target has not: a higher version, or changes since the tag."""
        here, there = self.source.shown, self.target.shown
        if here is None:
            return False
        if here.is_modified or here.version is None:
            return here.is_modified
        return there is None or there.version is None or here.version.parts > there.version.parts

    @property
    def steps(self) -> list[tuple[str, datetime, int | None]]:
        """What was done with it, stage by stage: the word, when it began and, at its end, how many seconds it took."""
        if self.planned is None:
            return []
        words = {Stage.PREPARE: "prepared", Stage.DEPLOY: "deployed"}
        at_work = self.planned.state == State.RUNNING
        last = max(self.times, default="", key=lambda stage: self.times[stage])
        return [
            (
                words[Stage(stage)],
                began,
                None if at_work and stage == last else round((ended - began).total_seconds()),
            )
            for stage, (began, ended) in sorted(self.times.items(), key=lambda item: item[1])
        ]


@dataclass(slots=True)
class Overview:
    """A plan's applications in order, what its reader may do with the plan, and what is in its way."""

    plan: Plan
    rows: list[Row]
    standing: Standing
    known: Known
    blocks: dict[UUID, str]
    busy: dict[UUID, Plan]
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def moving(self) -> list[Row]:
        """The applications that the plan deploys."""
        return [row for row in self.rows if row.moves]

    @property
    def to_be_tagged(self) -> list[Row]:
        """Those of them whose number has to be free."""
        return [
            row for row in self.moving if row.planned and row.planned.operation == Operation.TAG_AND_DEPLOY
        ]

    @property
    def finished(self) -> int:
        """How many applications have come to the end of the stage that the plan is at."""
        ends = {State.DONE, State.PREPARED} if self.plan.stage == Stage.PREPARE else {State.DONE}
        return sum(row.planned is not None and row.planned.state in ends for row in self.moving)

    def examine(self, versions: Sequence[Version]) -> None:
        """Find what keeps the plan from going on, given the versions of the applications it deploys."""
        plan = self.plan
        running = {
            (row.application.pk, place): status.version
            for row in self.rows
            for place, status in ((plan.source_id, row.source.status), (plan.target_id, row.target.status))
            if status
        }
        taken = {(version.application_id, version.parts) for version in versions}
        landscape = Landscape(plan.source, plan.target, running, self.blocks, taken, self.busy)
        found = examine([row.planned for row in self.moving if row.planned], landscape)
        self.conflicts = [disclose(conflict, self.known) for conflict in found]
        rows = {row.application.pk: row for row in self.rows}
        for conflict in self.conflicts:
            if conflict.application:
                rows[conflict.application.pk].conflicts.append(conflict)


def overview(plan: Plan, user: Any, *, offering: bool = False) -> Overview:
    """Read what the page shows of the plan; `offering` also the applications of the source that could stand in it."""
    found = list(_read(plan, user, offering=offering))
    rows = [_row(plan, application) for application in found]
    held = [row for row in rows if row.planned]
    standing = Standing(
        {row.application.pk: row.planned.operation for row in held if row.planned},
        {row.application.pk: row.source.level or 0 for row in rows},
        {row.application.pk: row.target.level or 0 for row in rows},
    )
    return Overview(
        plan=plan,
        rows=rows,
        standing=standing,
        known=_known(plan, user, rows, found),
        blocks={one.pk: one.block for one in found if one.block},
        busy={one.pk: Plan(key=one.busy, number=one.busy_number) for one in found if one.busy},
    )


def _read(plan: Plan, user: Any, *, offering: bool) -> "QuerySet[Any]":
    held = EffectivePermission.objects.filter(user=user.pk, application=OuterRef("pk"))
    others = PlannedApplication.objects.moving().filter(
        application=OuterRef("pk"), plan__target=plan.target_id, plan__in=Plan.objects.under_way()
    )
    others = others.exclude(plan=plan.pk).order_by("pk")
    seen = others.filter(plan__in=Plan.objects.visible_to(user))
    log = PlanLogEntry.objects.filter(plan=plan.pk, application=OuterRef("pk"))
    times = {
        f"{stage}_{name}": Subquery(log.filter(stage=stage).order_by(order).values("at")[:1])
        for stage in Stage.values
        for name, order in (("began", "at"), ("ended", "-at"))
    }
    applications = Application.objects.annotate(
        planned_here=FilteredRelation("planned", condition=Q(planned__plan=plan.pk)),
        in_source=FilteredRelation("statuses", condition=Q(statuses__environment=plan.source_id)),
        in_target=FilteredRelation("statuses", condition=Q(statuses__environment=plan.target_id)),
        source_level=Subquery(held.filter(environment=plan.source_id).values("level")),
        target_level=Subquery(held.filter(environment=plan.target_id).values("level")),
        block=Subquery(
            Block.objects.filter(application=OuterRef("pk"), environment=plan.target_id).values("reason")
        ),
        busy=Subquery(others.values("plan")[:1]),
        busy_number=Subquery(others.values("plan__number")[:1]),
        busy_seen=Exists(seen),
        **(times if plan.started_at else {}),
    )
    wanted = Q(planned_here__isnull=False)
    if offering:
        wanted |= Q(in_source__isnull=False, source_level__gte=Level.LIST)
    related = ("planned_here__version", "in_source__version", "in_target__version")
    return applications.filter(wanted).select_related(*related).in_order()


def _row(plan: Plan, found: Any) -> Row:
    # an outer join that finds nothing leaves no attribute
    planned, here, there = (getattr(found, name, None) for name in ("planned_here", "in_source", "in_target"))
    if planned is not None:
        planned.application, planned.plan = found, plan
    times = {
        stage: (began, getattr(found, f"{stage}_ended"))
        for stage in Stage.values
        if (began := getattr(found, f"{stage}_began", None))
    }
    source, target = Place(here, found.source_level), Place(there, found.target_level)
    return Row(found, planned, source, target, times)


def _known(plan: Plan, user: Any, rows: Sequence[Row], found: Sequence[Any]) -> Known:
    """What the rows tell of the reader: who enters an environment has a level for every application in it."""
    places = {plan.source_id: [row.source for row in rows], plan.target_id: [row.target for row in rows]}
    manages = user.has_perm("infrastructure.manage")
    return Known(
        {key for key, held in places.items() if manages or any(place.level is not None for place in held)},
        {
            key: {row.application.pk for row, place in zip(rows, held, strict=True) if _lists(place)}
            for key, held in places.items()
        },
        {one.busy for one in found if one.busy_seen},
    )


def _lists(place: Place) -> bool:
    return (place.level or 0) >= Level.LIST
