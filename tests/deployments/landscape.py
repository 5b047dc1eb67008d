"""The landscape that the tests of deployment plans tell of.

Portal, CRM and Directory run in Development, tagged 1.2, 1.3 and 1.4; nothing runs anywhere else. Deployments to
Production go in two stages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from applications.models import Application, EnvironmentStatus, Version
from applications.services import tag_version
from audit.models import Event
from deployments import services
from deployments.models import Plan, PlanLogEntry
from deployments.services import Operation
from deployments.worker import Worker
from infrastructure.models import ConsoleSettings, Environment
from infrastructure.services import change_settings
from tests.factories import SYSTEM, administrator, application, environment
from users.models import User


@dataclass
class Landscape:
    """Three environments, three applications, and Ada, who may do everything."""

    development: Environment
    qa: Environment
    production: Environment
    portal: Application
    crm: Application
    directory: Application
    versions: dict[Any, Version]
    ada: User

    @property
    def applications(self) -> list[Application]:
        return [self.crm, self.directory, self.portal]

    def deploy(self, app: Application) -> Operation:
        return Operation(app, "deploy", version=self.versions[app.pk])

    def plan(
        self,
        operations: Sequence[Operation] | None = None,
        *,
        by: User | None = None,
        source: Environment | None = None,
        target: Environment | None = None,
    ) -> Plan:
        """A draft; from Development to QA with all three applications unless it says otherwise."""
        return services.create_plan(
            by=by or self.ada,
            source=source or self.development,
            target=target or self.qa,
            operations=[self.deploy(app) for app in self.applications] if operations is None else operations,
        )

    def started(
        self,
        operations: Sequence[Operation] | None = None,
        *,
        source: Environment | None = None,
        target: Environment | None = None,
    ) -> Plan:
        plan = self.plan(operations, source=source, target=target)
        services.start_plan(plan, by=self.ada)
        return plan

    def use_program(self, name: str, timeout: int = 60) -> None:
        """Have plans carried out by a program instead of the registry."""
        change_settings(
            by=SYSTEM, runner=ConsoleSettings.Runner.COMMAND, runner_program=name, runner_timeout=timeout
        )


def landscape() -> Landscape:
    development, qa = environment("Development"), environment("QA")
    production = environment("Production", two_stage=True)
    ada = administrator()
    portal, crm, directory = (application(name, development) for name in ("Portal", "CRM", "Directory"))
    versions = {
        app.pk: tag_version(app, by=SYSTEM, environment=development, number=f"1.{minor}")
        for minor, app in enumerate((portal, crm, directory), start=2)
    }
    return Landscape(development, qa, production, portal, crm, directory, versions, ada)


def work() -> None:
    """Let a worker of this process do all there is to do."""
    Worker().round()


def running(place: Environment) -> dict[str, str]:
    """What runs in an environment: version by application."""
    return {
        status.application.name: str(status.version)
        for status in EnvironmentStatus.objects.filter(environment=place).select_related(
            "application", "version"
        )
    }


def states(plan: Plan) -> dict[str, str]:
    return {one.application.name: one.state for one in plan.applications.in_order()}


def status(plan: Plan) -> str:
    return str(Plan.objects.get(pk=plan.pk).status)


def said(plan: Plan) -> str:
    """The plan's log as one text."""
    return "\n".join(entry.message for entry in PlanLogEntry.objects.filter(plan=plan).order_by("pk"))


def events(activity: str = "") -> list[tuple[str, str]]:
    """Actor and sentence of the events of plans, oldest first; of one activity if named."""
    found = Event.objects.filter(activity__startswith="deployments.deployment_plan.").order_by("id")
    if activity:
        found = found.filter(activity=f"deployments.deployment_plan.{activity}")
    return [(event.actor_label, event.sentence) for event in found]


def after(activity: str) -> list[tuple[str, str]]:
    """The events that follow the first of this activity."""
    everything = events()
    return everything[everything.index(events(activity)[0]) + 1 :]
