"""What the tests of deployment plans share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.deployments.landscape import Landscape, landscape

Program = Callable[[str, str], Path]


@pytest.fixture
def land(db: None) -> Landscape:
    """The landscape, in a transaction that is rolled back."""
    return landscape()


@pytest.fixture
def committed(assert_nothing_outside: None) -> Landscape:
    """The landscape, committed; afterwards the witness must have had nothing to say."""
    return landscape()


@pytest.fixture
def program(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Puts an executable into the folder of runner programs: `program(name, source)`, Python unless it says `#!`."""
    folder = tmp_path / "programs"
    folder.mkdir()
    settings.RUNNER_PROGRAMS = folder
    monkeypatch.setenv("RUNNER_PROGRAMS", str(folder))

    def write(name: str, source: str) -> Path:
        path = folder / name
        path.write_text(source if source.startswith("#!") else f"#!/usr/bin/env python3\n{source}")
        path.chmod(0o755)
        return path

    return write
