"""What carries out one application of a plan: the built-in registry, or a program on the server."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from applications.models import Application, Version
from deployments.log import PlanLog
from deployments.models import Plan
from deployments.programs import ProgramRun
from infrastructure.models import ConsoleSettings, Environment
from infrastructure.programs import program_path

Halted = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Job:
    """One application of a plan, to be prepared for its target or deployed in it."""

    plan: Plan
    application: Application
    version: Version
    source: Environment
    target: Environment

    @property
    def arguments(self) -> list[str]:
        """What a program is called with: application, version, source, target, stage."""
        names = (self.application.name, self.version.number, self.source.name, self.target.name)
        return [*names, self.plan.stage]

    @property
    def variables(self) -> dict[str, str]:
        """The keys behind those names, as environment variables."""
        return {
            "DEPLOY_PLAN_KEY": str(self.plan.pk),
            "DEPLOY_PLAN_NUMBER": str(self.plan.number),
            "DEPLOY_APPLICATION_KEY": str(self.application.pk),
            "DEPLOY_VERSION_KEY": str(self.version.pk),
            "DEPLOY_SOURCE_KEY": str(self.source.pk),
            "DEPLOY_TARGET_KEY": str(self.target.pk),
        }


class Runner(Protocol):
    """Carries out one job. `repeatable`: whether a job that a crash interrupted can simply be done again."""

    repeatable: bool

    def run(self, job: Job, log: PlanLog, halted: Halted) -> str:
        """Do the job; return what went wrong, or nothing. Ask `halted` often, and end early when it says so."""
        ...


class RegistryRunner:
    """The console is the registry of what runs where, so that recording the promotion is the whole deployment."""

    repeatable = True

    def run(self, job: Job, log: PlanLog, halted: Halted) -> str:  # noqa: ARG002  (the shape of Runner)
        """Nothing is left to do: what runs where is recorded together with the application's new state."""
        return ""


class CommandRunner:
    """Calls the program that the settings named when the plan was launched. What it did before a crash is not known."""

    repeatable = False

    def run(self, job: Job, log: PlanLog, halted: Halted) -> str:
        """Run the program within the time limit of the settings; what it prints goes to the log."""
        path = program_path(job.plan.runner_program)
        if path is None:
            return f"the program '{job.plan.runner_program}' is not among the server's runner programs (any more)"
        limit = ConsoleSettings.load().runner_timeout
        return ProgramRun(path.resolve(), job.arguments, job.variables, limit=limit).run(log, halted)


def runner_of(plan: Plan) -> Runner:
    """Return the runner that the plan was launched with."""
    return CommandRunner() if plan.runner == ConsoleSettings.Runner.COMMAND else RegistryRunner()
