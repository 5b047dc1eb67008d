"""What one can choose for an application in a plan: LifeTime's drop-down of options."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from applications.models import Application, EnvironmentStatus, Version
from applications.numbers import following
from deployments.models import Plan, PlannedApplication
from deployments.operations import Operation
from deployments.running import running_in
from roles.models import Level

Kind = PlannedApplication.Operation
NOTHING = "nothing"
OFFERED = 10  # versions of an application


@dataclass(slots=True)
class Line:
    """An application that can stand in the plan, and its options: by value, the label and what it stands for."""

    application: Application
    source: EnvironmentStatus | None
    target: EnvironmentStatus | None
    chosen: str
    offers: dict[str, tuple[str, Operation | None]] = field(default_factory=dict)

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
        there = self.target.version if self.target else None
        if here is None or (there is not None and there.parts >= here.parts):
            return self.chosen
        return f"deploy:{here.pk}"

    @property
    def suggested(self) -> Operation:
        """The suggestion as what the plan does; where there is none, the application is in it all the same."""
        return self.operation(self.suggestion) or Operation(self.application, Kind.NOTHING)

    def operation(self, value: str) -> Operation | None:
        """Return what the chosen value stands for; None for what is not in the plan and shall not be."""
        return self.offers[value][1]


def lines(plan: Plan, user: Any) -> list[Line]:
    """Return what the user can choose in the plan, by application name, in a fixed number of queries."""
    applications = list(
        Application.objects.at_least(user, Level.LIST, [plan.source_id, plan.target_id]).in_order()
    )
    keys = [application.pk for application in applications]
    tagged_by_user = set(
        Application.objects.at_least(user, Level.CHANGE_AND_DEPLOY, [plan.source_id]).values_list(
            "pk", flat=True
        )
    )
    source, target = running_in(plan.source_id, keys, user), running_in(plan.target_id, keys, user)
    planned = {one.application_id: one for one in plan.applications.in_order()}
    versions = _versions(keys)
    found = []
    for application in applications:
        one = planned.get(application.pk)
        if one is None and application.pk not in source:
            continue
        line = Line(application, source.get(application.pk), target.get(application.pk), _value(one))
        may_tag = application.pk in tagged_by_user
        line.offers = _offers(line, one, versions[application.pk], may_tag=may_tag)
        found.append(line)
    return found


def _versions(keys: Iterable[UUID]) -> dict[UUID, list[Version]]:
    by_application: dict[UUID, list[Version]] = defaultdict(list)
    for version in Version.objects.filter(application__in=keys):
        by_application[version.application_id].append(version)
    for versions in by_application.values():
        versions.sort(key=lambda version: version.parts, reverse=True)
    return by_application


def _offers(
    line: Line, one: PlannedApplication | None, versions: list[Version], *, may_tag: bool
) -> dict[str, tuple[str, Operation | None]]:
    application = line.application
    offers: dict[str, tuple[str, Operation | None]] = {
        NOTHING: ("Do nothing", Operation(application, Kind.NOTHING) if one else None)
    }
    for version in [version for version in versions if _fits(line, version)][:OFFERED]:
        deploy = Operation(application, Kind.DEPLOY, version=version)
        offers[f"deploy:{version.pk}"] = (f"Deploy {version}", deploy)
    here = line.source.version if line.source else None
    if may_tag and line.source and (number := following(here, versions)):
        tag = Operation(application, Kind.TAG_AND_DEPLOY, new_number=number)
        offers[f"tag:{number}"] = (f"Tag & Deploy {number}", tag)
    if one is not None:
        kept = Operation(application, one.operation, version=one.version, new_number=one.new_number)
        offers[line.chosen] = (one.option, kept)
    return offers


def _fits(line: Line, version: Version) -> bool:
    here = line.source.version if line.source else None
    there = line.target.version if line.target else None
    return (
        here is not None and version.parts <= here.parts and (there is None or version.parts >= there.parts)
    )


def _value(one: PlannedApplication | None) -> str:
    if one is None or one.operation == Kind.NOTHING:
        return NOTHING
    return f"tag:{one.new_number}" if one.operation == Kind.TAG_AND_DEPLOY else f"deploy:{one.version_id}"
