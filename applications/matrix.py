"""The matrix of applications and environments, as one reader may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from applications.models import Application, EnvironmentStatus
from infrastructure.models import Environment


@dataclass(frozen=True)
class Cell:
    """What of an application runs in an environment; nothing the reader may see where `status` is None."""

    environment: Environment
    status: EnvironmentStatus | None
    is_blocked: bool


@dataclass(frozen=True)
class Row:
    application: Application
    cells: Sequence[Cell]


def rows(applications: Sequence[Application], environments: Sequence[Environment], reader: Any) -> list[Row]:
    """Return a row per application with a cell per environment, in two queries however many there are."""
    statuses = EnvironmentStatus.objects.visible_to(reader).filter(application__in=applications)
    known: dict[tuple[UUID, UUID], EnvironmentStatus] = {
        (status.application_id, status.environment_id): status
        for status in statuses.select_related("version", "changed_by")
    }
    blocks = {
        (block.application_id, block.environment_id)
        for application in applications
        for block in application.blocks.all()
    }
    return [
        Row(application, [_cell(application, environment, known, blocks) for environment in environments])
        for application in applications
    ]


def _cell(
    application: Application,
    environment: Environment,
    known: dict[tuple[UUID, UUID], EnvironmentStatus],
    blocks: set[tuple[UUID, UUID]],
) -> Cell:
    place = (application.pk, environment.pk)
    status = known.get(place)
    return Cell(environment, status, is_blocked=status is not None and place in blocks)
