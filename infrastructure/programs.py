"""The programs that may carry out deployments: chosen by the server's administrator, by putting them into a folder."""

import os
from pathlib import Path

from django.conf import settings


def available_programs() -> list[str]:
    """Return the names of the executable files in RUNNER_PROGRAMS; none where the folder is not set or not there."""
    folder: Path | None = settings.RUNNER_PROGRAMS
    if folder is None or not folder.is_dir():
        return []
    return sorted(entry.name for entry in folder.iterdir() if _may_run(entry))


def program_path(name: str) -> Path | None:
    """Return where the program of this name is, or None if it is not among the available ones."""
    folder: Path | None = settings.RUNNER_PROGRAMS
    return folder / name if folder is not None and name in available_programs() else None


def _may_run(entry: Path) -> bool:
    return entry.is_file() and os.access(entry, os.X_OK) and not entry.name.startswith(".")
