"""What tests share: a database to commit in, a running console, a browser."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import Browser, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from audit.activity import current_origin
from tests.databases import address, at, cloned, outside
from tests.live import LiveConsole

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox",  # root and most containers cannot have Chromium's sandbox; it visits only our own pages
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """The test database, also where no test of the run is marked as needing one: pytest-django would then set up none,
    and what clones the test database would clone the real one."""
    keep = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock():
        databases = setup_databases(verbosity=0, interactive=False, keepdb=keep)
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(databases, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Argon2 at the least it can do: to be slow is its purpose, and no test's. Servers of their own hash as ever."""
    with pytest.MonkeyPatch.context() as patch:
        for cost, least in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():
            patch.setattr(Argon2PasswordHasher, cost, least)
        yield


@pytest.fixture(autouse=True)
def outside_of_any_request() -> Iterator[None]:
    """Outside of a request each event has a request id of its own. A test that leaves a request open behind it would
    give the id of that to whatever later tests tell."""
    yield
    assert current_origin() != current_origin()


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of this test's own, in which commits are real. Not together with `db`."""
    with django_db_blocker.unblock(), cloned() as name, at(name):
        yield


@pytest.fixture
def assert_nothing_outside(committed_db: None) -> Iterator[None]:
    """Our own code names whatever it changes, so the witness has nothing to add. Commits are real here: within one
    transaction, the event of an earlier step would answer for a later one."""
    yield
    assert outside() == []


@pytest.fixture
def database_url(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The DATABASE_URL of a fresh clone, for other processes. Not together with `db`."""
    with django_db_blocker.unblock(), cloned() as name:
        url = address(name)
        with django_db_blocker.block():
            yield url


@pytest.fixture
def live_console(database_url: str, tmp_path: Path) -> Iterator[LiveConsole]:
    """A console that answers at `.url`, with its own database; `.start_worker()` adds the worker."""
    console = LiveConsole(database_url, tmp_path)
    try:
        console.start_web()
        yield console
    finally:
        console.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    # Playwright drives the browser from an event loop in this thread, in which Django sees an async context.
    # Nothing runs beside the test here, so the tests that follow in this process may use the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    # Django keeps another connection there; an idle one left behind here would stand in the way of every clone.
    connection.close()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def unhurried_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """When somebody was last seen is written once a minute: not while queries are counted, or tables compared."""
    monkeypatch.setattr("auditconsole.sessions.SEEN_AT_MOST_EVERY", timedelta(days=1))
