"""What of which application runs in an environment, as far as a reader may know: for the columns of a plan's pages."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from applications.models import Application, EnvironmentStatus
from roles.models import Level


def running_in(
    environment_key: UUID, applications: Iterable[UUID], user: Any
) -> dict[UUID, EnvironmentStatus]:
    """Return the status in the environment by application key, of those the user may list there."""
    listed = Application.objects.filter(pk__in=applications).at_least(user, Level.LIST, [environment_key])
    statuses = EnvironmentStatus.objects.filter(
        environment=environment_key, application__in=listed.values("pk")
    )
    return {status.application_id: status for status in statuses.select_related("version")}
