"""What one can choose for an application in a plan: LifeTime's drop-down of options."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from applications.models import Application, EnvironmentStatus, Version
from applications.numbers import following
from deployments.models import Plan, PlannedApplication
from deployments.operations import Operation
from deployments.overview import Row, overview
from roles.models import Level

Kind = PlannedApplication.Operation
NOTHING = "nothing"
OFFERED = 10  # versions of an application


@dataclass(slots=True)
class Line:
    """An application that can stand in the plan, and its options: by value, the label and what it stands for."""

    row: Row
    chosen: str
    offers: dict[str, tuple[str, Operation | None]] = field(default_factory=dict)

    @property
    def application(self) -> Application:
        """The application."""
        return self.row.application

    @property
    def source(self) -> EnvironmentStatus | None:
        """What of it runs in the source, as far as the reader may know."""
        return self.row.source.shown

    @property
    def target(self) -> EnvironmentStatus | None:
        """What of it runs in the target, as far as the reader may know."""
        return self.row.target.shown

    @property
    def label(self) -> str:
        """What is chosen, in words."""
        return self.offers[self.chosen][0]

    @property
    def options(self) -> list[tuple[str, str]]:
        """The values and labels, as a select shows them."""
        return [(value, label) for value, (label, _) in self.offers.items()]

    @property
    def suggestion(self) -> str:
        """What "all that changed" chooses: what runs in the source, if the target has not got it; where that was
        changed since its tag, and may be tagged, it is tagged first."""
        here = self.source.version if self.source else None
        tag = next((value for value in self.offers if value.startswith("tag:")), "")
        if tag and self.source and self.source.is_modified:
            return tag
        if here is None or not self.row.is_newer:
            return self.chosen
        return f"deploy:{here}"

    @property
    def suggested(self) -> Operation:
        """The suggestion as what the plan does; where there is none, the application is in it all the same."""
        return self.operation(self.suggestion) or Operation(self.application, Kind.NOTHING)

    def operation(self, value: str) -> Operation | None:
        """Return what the chosen value stands for; None for what is not in the plan and shall not be."""
        return self.offers[value][1]


def lines(plan: Plan, user: Any) -> list[Line]:
    """Return what the user can choose in the plan, by application name, in two queries."""
    rows = overview(plan, user, offering=True).rows
    return offered(rows, versions_of(row.application.pk for row in rows))


def versions_of(applications: Iterable[UUID]) -> list[Version]:
    """Return the versions of applications, the highest first."""
    found = Version.objects.filter(application__in=list(applications))
    return sorted(found, key=lambda version: version.parts, reverse=True)


def offered(rows: Iterable[Row], versions: Sequence[Version]) -> list[Line]:
    """Return what can be chosen for the applications of the rows, whose versions are among those given."""
    by_application: dict[UUID, list[Version]] = defaultdict(list)
    for version in versions:
        by_application[version.application_id].append(version)
    return [_line(row, by_application[row.application.pk]) for row in rows]


def _line(row: Row, versions: list[Version]) -> Line:
    line, application, one = Line(row, value_of(row.planned)), row.application, row.planned
    offers = line.offers
    offers[NOTHING] = ("Do nothing", Operation(application, Kind.NOTHING) if one else None)
    for version in [version for version in versions if _fits(line, version)][:OFFERED]:
        deploy = Operation(application, Kind.DEPLOY, version=version)
        offers[f"deploy:{version}"] = (f"Deploy {version}", deploy)
    here = line.source.version if line.source else None
    may_tag = (row.source.level or 0) >= Level.CHANGE_AND_DEPLOY
    if may_tag and line.source and (number := following(here, versions)):
        tag = Operation(application, Kind.TAG_AND_DEPLOY, new_number=number)
        offers[f"tag:{number}"] = (f"Tag & Deploy {number}", tag)
    if one is not None and line.chosen != NOTHING:
        kept = Operation(application, one.operation, version=one.version, new_number=one.new_number)
        offers[line.chosen] = (one.option, kept)
    return line


def _fits(line: Line, version: Version) -> bool:
    here = line.source.version if line.source else None
    there = line.target.version if line.target else None
    return (
        here is not None and version.parts <= here.parts and (there is None or version.parts >= there.parts)
    )


def value_of(one: PlannedApplication | None) -> str:
    """Return the value under which what a plan does with an application is offered."""
    if one is None or one.operation == Kind.NOTHING:
        return NOTHING
    return f"tag:{one.new_number}" if one.operation == Kind.TAG_AND_DEPLOY else f"deploy:{one.version}"
