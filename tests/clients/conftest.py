"""A running console whose database the test itself reads and fills, and the real client."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.api.landscape import Caller, Landscape, build
from tests.clients.pipeline import ClientMissing, Pipeline, installed
from tests.databases import address
from tests.live import LiveConsole


@pytest.fixture(scope="session")
def client_python() -> Path:
    """The Python that has the client."""
    try:
        return installed()
    except ClientMissing as missing:
        problem = str(missing)
    pytest.fail(problem, pytrace=False)


@pytest.fixture
def landscape(assert_nothing_outside: None) -> Landscape:
    """The landscape of the API's tests, committed; in the end nothing may have changed behind the console's back."""
    return build()


@pytest.fixture
def console(landscape: Landscape, tmp_path: Path) -> Iterator[LiveConsole]:
    """A console with its worker, on the database of the landscape."""
    console = LiveConsole(address(connection.settings_dict["NAME"]), tmp_path)
    try:
        console.start_web()
        console.start_worker()
        yield console
    finally:
        console.stop()


@pytest.fixture
def pipeline(client_python: Path, console: LiveConsole, tmp_path: Path) -> Callable[[Caller], Pipeline]:
    """The client in the hands of a caller of the landscape."""
    folder = tmp_path / "client"
    folder.mkdir()
    return lambda caller: Pipeline(client_python, console.url, caller.token or "", folder)
