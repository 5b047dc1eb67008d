"""Writing a running plan's log."""

from collections.abc import Iterable

from applications.models import Application
from deployments.models import Plan, PlanLogEntry

Type = PlanLogEntry.Type


class PlanLog:
    """The log of one plan, or of what it does with one application. It is what machines said, not what was done: that
    is in the record."""

    def __init__(self, plan: Plan, application: Application | None = None) -> None:
        self.plan, self.application = plan, application

    def write(self, message: str, entry_type: Type = Type.INFO) -> None:
        """Add one entry."""
        self.write_all([(entry_type, message)])

    def write_all(self, entries: Iterable[tuple[Type, str]]) -> None:
        """Add several entries in one statement. PostgreSQL keeps no NUL, so none arrives there."""
        PlanLogEntry.objects.bulk_create(
            PlanLogEntry(
                plan=self.plan,
                application=self.application,
                stage=self.plan.stage,
                type=entry_type,
                message=message.replace("\0", ""),
            )
            for entry_type, message in entries
        )

    def has_warnings(self) -> bool:
        """Say whether anything in it is a warning."""
        return bool(PlanLogEntry.objects.filter(plan=self.plan, type=Type.WARNING).exists())
