"""An application is kept out of an environment for a reason, and let in again."""

from collections.abc import Mapping

from applications import activities
from applications.models import Application, Block
from audit.activity import Actor, AlreadyDone
from infrastructure.entries import explained, line
from infrastructure.models import Environment


def block(application: Application, *, by: Actor, environment: Environment, reason: str) -> None:
    """Keep plans from deploying the application in the environment. A second time, it replaces the reason.

    Raises ValidationError without a reason.
    """
    reason = line(Block, "reason", reason, required=True)
    if application.blocks.filter(environment=environment, reason=reason).exists():
        activities.blocked.ask(application, by=by, within=environment)
        return
    step = activities.blocked(
        application, by=by, environment=environment, old=None, new=reason, reason=reason
    )
    with explained(), step:
        present = application.blocks.filter(environment=environment).first()
        step.facts["old"] = present and present.reason
        Block.objects.update_or_create(
            application=application, environment=environment, defaults={"reason": reason}
        )


def unblock(application: Application, *, by: Actor, environment: Environment) -> None:
    """Let plans deploy the application there again. Raises ValidationError if it is not blocked."""
    step = activities.unblocked(application, by=by, environment=environment, old=None, new=None)
    with step:
        present = application.blocks.filter(environment=environment).first()
        if present is None:
            raise AlreadyDone({"environment": f"{application} is not blocked in {environment}."})
        step.facts["old"] = present.reason
        present.delete()


def change_blocks(application: Application, *, by: Actor, reasons: Mapping[Environment, str]) -> None:
    """Block the application in each environment that has a reason, and unblock it in the others: all of it, or nothing.

    Raises ValidationError for a reason that cannot be kept.
    """
    with activities.blocks_edited(application, by=by):
        for environment, reason in reasons.items():
            activities.blocked.ask(application, by=by, within=environment)
            if reason:
                block(application, by=by, environment=environment, reason=reason)
            elif application.blocks.filter(environment=environment).exists():
                unblock(application, by=by, environment=environment)
