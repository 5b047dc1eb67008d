"""What whoever begins a step expects of the thing: asked once its row is locked, before anything is written.

A page compares what its reader saw with what is stored. Compared any earlier, two who send at the same instant would
both pass; and only the step knows when it holds the row.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import models


@dataclass
class _Expectation:
    entity: Any  # often `request.user`, which only stands for the thing; None: nothing is expected
    check: Callable[[Any], None]
    is_met: bool = False


_current: ContextVar[_Expectation | None] = ContextVar("expectation", default=None)


@contextmanager
def expecting(entity: Any, check: Callable[[Any], None]) -> Iterator[None]:
    """Have `check` called with the thing as the first step inside the block has locked it.

    What `check` raises ends that step: nothing was written. Later steps of the block follow what the first one did,
    and are not asked.
    """
    token = _current.set(_Expectation(entity, check))
    try:
        yield
    finally:
        _current.reset(token)


def meet(entity: models.Model) -> None:
    """Say that this thing is locked and holds what its row holds."""
    wanted = _current.get()
    if wanted and wanted.entity is not None and wanted.entity.pk == entity.pk and not wanted.is_met:
        wanted.is_met = True
        wanted.check(entity)
