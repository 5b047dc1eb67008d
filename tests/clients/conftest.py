"""One running console for all clients, whose database the tests themselves read and fill, and the real client."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from tests.api.landscape import Caller, Landscape, build
from tests.clients.pipeline import ClientMissing, Pipeline, installed
from tests.databases import address, at, cloned, outside
from tests.live import LiveConsole


@pytest.fixture(scope="session")
def client_python() -> Path:
    """The Python that has the client."""
    try:
        return installed()
    except ClientMissing as missing:
        problem = str(missing)
    pytest.fail(problem, pytrace=False)


@pytest.fixture(scope="module")
def landscape(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Landscape]:
    """The landscape of the API's tests, committed; in the end nothing may have changed behind the console's back."""
    with django_db_blocker.unblock(), cloned() as name, at(name):
        yield build()
        assert outside() == []


@pytest.fixture(scope="module")
def console(landscape: Landscape, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveConsole]:
    """A console with its worker, on the database of the landscape."""
    logs = tmp_path_factory.mktemp("console")
    console = LiveConsole(address(connection.settings_dict["NAME"]), logs)
    try:
        console.start_web()
        console.start_worker()
        yield console
    finally:
        console.stop()


@pytest.fixture
def pipeline(client_python: Path, console: LiveConsole, tmp_path: Path) -> Callable[[Caller], Pipeline]:
    """The client in the hands of a caller."""
    folder = tmp_path / "client"
    folder.mkdir()
    return lambda caller: Pipeline(client_python, console.url, caller.token or "", folder)
