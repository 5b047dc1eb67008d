"""What keeps a plan from being carried out: a pure read, asked by pages, by the API and by every launch.

It tells everything; what a reader may know of it is decided in disclosure.py.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from applications.models import Application, Block, EnvironmentStatus, Version
from deployments.models import Plan, PlannedApplication
from infrastructure.models import Environment


@dataclass(frozen=True, slots=True)
class Conflict:
    """One reason, in a sentence that says what would be right, and the application it is about, if it is about one.

    `place` is the environment of whose state the sentence tells, `plan` the other plan that it names.
    """

    message: str
    application: Application | None = None
    place: Environment | None = None
    plan: Plan | None = None


def validate(plan: Plan) -> list[Conflict]:
    """Return everything that keeps the plan from being carried out now. Reads only, in a fixed number of queries."""
    planned = list(plan.applications.moving().in_order())
    environments = Environment.objects.in_bulk([plan.source_id, plan.target_id])
    source, target = environments[plan.source_id], environments[plan.target_id]
    return examine(planned, Landscape.read(plan, source, target, planned))


def examine(planned: Sequence[PlannedApplication], landscape: "Landscape") -> list[Conflict]:
    """Return what keeps these applications from being deployed in a landscape that was read already."""
    of_the_plan = _of_the_plan(landscape.source, landscape.target, planned)
    return [*of_the_plan, *(conflict for one in planned for conflict in landscape.conflicts(one))]


def _of_the_plan(
    source: Environment, target: Environment, planned: Sequence[PlannedApplication]
) -> Iterator[Conflict]:
    if not planned:
        yield Conflict("There is nothing to deploy: choose an option for at least one application.")
    if target.in_maintenance:
        yield Conflict(
            f"'{target}' is in maintenance mode ({target.maintenance_reason}): wait until that has ended.",
            place=target,
        )
    tagging = any(one.operation == one.Operation.TAG_AND_DEPLOY and one.version is None for one in planned)
    if source.in_maintenance and tagging:
        yield Conflict(
            f"Nothing can be tagged in '{source}', which is in maintenance mode: deploy versions that exist, or wait.",
            place=source,
        )


@dataclass(frozen=True, slots=True)
class Landscape:
    """What the applications of a plan look like in its source and its target, for all of them at once."""

    source: Environment
    target: Environment
    running: Mapping[
        tuple[UUID, UUID], Version | None
    ]  # by application and environment, where it runs at all
    blocks: Mapping[UUID, str]  # the reasons why applications are kept out of the target
    taken: Set[tuple[UUID, tuple[int, int, int]]]  # the numbers of versions that exist
    busy: Mapping[UUID, Plan]  # what another plan is bringing to the target

    @classmethod
    def read(
        cls, plan: Plan, source: Environment, target: Environment, planned: Sequence[PlannedApplication]
    ) -> Self:
        """Read it, in four queries."""
        keys = [one.application_id for one in planned]
        running = EnvironmentStatus.objects.filter(application__in=keys, environment__in=[source, target])
        blocks = Block.objects.filter(application__in=keys, environment=target)
        versions = Version.objects.filter(application__in=keys)
        others = PlannedApplication.objects.moving().filter(
            application__in=keys, plan__target=target, plan__in=Plan.objects.under_way()
        )
        return cls(
            source,
            target,
            {
                (row.application_id, row.environment_id): row.version
                for row in running.select_related("version")
            },
            {block.application_id: block.reason for block in blocks},
            {(version.application_id, version.parts) for version in versions},
            {one.application_id: one.plan for one in others.exclude(plan=plan).select_related("plan")},
        )

    def conflicts(self, one: PlannedApplication) -> Iterator[Conflict]:
        """Yield what is wrong with one application of the plan."""
        number = self.number_taken(one) if self.is_to_be_tagged(one) else self.not_in_source(one)
        other = self.busy.get(one.application_id)
        for sentence, place, plan in (
            (self.blocked(one), self.target, None),
            (self.deployed_elsewhere(one, other), self.target, other),
            (self.absent(one), self.source, None),
            (number, self.source, None),
            (self.lower(one), self.target, None),
        ):
            if sentence:
                yield Conflict(sentence, one.application, place, plan)

    @staticmethod
    def is_to_be_tagged(one: PlannedApplication) -> bool:
        return one.operation == one.Operation.TAG_AND_DEPLOY and one.version is None

    def blocked(self, one: PlannedApplication) -> str:
        reason = self.blocks.get(one.application_id)
        where = f"'{one.application}' is blocked in '{self.target}' ({reason})"
        return f"{where}: leave it out, or have it unblocked there." if reason else ""

    def deployed_elsewhere(self, one: PlannedApplication, other: Plan | None) -> str:
        where = f"'{one.application}' is being deployed to '{self.target}'"
        return f"{where} by deployment plan {other}: wait until that plan has ended." if other else ""

    def absent(self, one: PlannedApplication) -> str:
        if (one.application_id, self.source.pk) in self.running:
            return ""
        return (
            f"'{one.application}' is not in '{self.source}' (any more), so it cannot be deployed from there: "
            "choose 'Do nothing' for it."
        )

    def number_taken(self, one: PlannedApplication) -> str:
        there = self.running.get((one.application_id, self.source.pk))
        parts = Version(number=one.new_number).parts
        if (one.application_id, parts) in self.taken:
            return f"'{one.application}' {one.new_number} exists already: choose a number that is free."
        if there is None or parts > there.parts:
            return ""
        return (
            f"'{one.application}' cannot be tagged as {one.new_number}: the number has to be above {there}, "
            f"which runs in '{self.source}'."
        )

    def not_in_source(self, one: PlannedApplication) -> str:
        there = self.running.get((one.application_id, self.source.pk))
        if there is None or one.version is None or one.version.parts <= there.parts:
            return ""
        return (
            f"'{one.application}' {one.version} has not reached '{self.source}', where {there} runs: "
            "choose a version up to that one."
        )

    def lower(self, one: PlannedApplication) -> str:
        there = self.running.get((one.application_id, self.target.pk))
        if there is None or Version(number=one.number).parts >= there.parts:
            return ""
        return (
            f"'{one.application}' {one.number} is lower than {there}, which runs in '{self.target}': "
            "tag a higher version and deploy that one."
        )
