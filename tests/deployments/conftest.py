"""What the tests of deployment plans share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from tests.databases import Prepared, prepared
from tests.deployments.landscape import Landscape, landscape

Program = Callable[[str, str], Path]


@pytest.fixture(scope="session")
def start(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Prepared[Landscape]]:
    """The database with the landscape in it."""
    with prepared(landscape, django_db_blocker) as start:
        yield start


@pytest.fixture
def begun(start: Prepared[Landscape]) -> Iterator[Landscape]:
    """The landscape, before the test's transaction begins."""
    with start.begun() as things:
        yield things


@pytest.fixture
def land(begun: Landscape, db: None) -> Landscape:
    """The landscape, in a transaction that is rolled back."""
    return begun


@pytest.fixture
def committed(start: Prepared[Landscape], django_db_blocker: DjangoDbBlocker) -> Iterator[Landscape]:
    """The landscape, committed; afterwards the witness must have had nothing to say."""
    with django_db_blocker.unblock(), start.committed() as landscape:
        yield landscape


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
