"""A running console as in production, on a database that the test fills itself, and people who visit it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser

from auditconsole.database.locks import Lock
from tests.browser.visitor import Visitor
from tests.databases import address
from tests.live import LiveConsole
from users.models import User

# With DEBUG Django answers errors with pages of its own, and serves files that nobody collected.
PRODUCTION = {
    "DEBUG": "0",
    "SECURE": "0",
    "ALLOWED_HOSTS": "127.0.0.1",
    "DEMO": "1",  # the design system is a page to examine, too
}


@pytest.fixture
def console(browser: Browser, assert_nothing_outside: None, tmp_path: Path) -> Iterator[LiveConsole]:
    """A console on this test's own database; the browser comes first, see its fixture."""
    console = LiveConsole(address(connection.settings_dict["NAME"]), tmp_path)
    console.environment |= PRODUCTION | {"SECRET_KEY": settings.SECRET_KEY}  # it takes sessions that we begin
    collect_static(console)
    try:
        console.start_web()
        yield console
    finally:
        console.stop()


@pytest.fixture
def worker(console: LiveConsole) -> None:
    """The console's worker, for pages of plans that have been carried out."""
    console.start_worker()


@pytest.fixture
def visit(browser: Browser, console: LiveConsole) -> Iterator[Callable[..., Visitor]]:
    """Let somebody visit the console, signed in already if they are named; whatever they do, their browser must have
    nothing to complain of."""
    visitors: list[Visitor] = []

    def visit(username: str = "", **manner: bool) -> Visitor:
        visitor = Visitor(browser, console.url, **manner)
        visitors.append(visitor)
        if username:
            visitor.enter(session_of(username))
        return visitor

    yield visit
    for visitor in visitors:
        visitor.context.close()
    for visitor in visitors:
        visitor.assert_quiet()


def session_of(username: str) -> str:
    """Begin a session of somebody; return its cookie. The door itself is a subject of test_outcome.py and others."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def collect_static(console: LiveConsole) -> None:
    """Collect the static files, unless they are as collected last: not while another test's console reads them."""
    folder = Path(settings.STATIC_ROOT)
    folder.mkdir(exist_ok=True)
    lock = Lock(folder / ".lock")
    assert lock.take(patience=60), "Another process collects the static files and does not come to an end."
    try:
        sources = [Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([])]
        manifest = folder / "staticfiles.json"
        newest = max(source.stat().st_mtime for source in sources)
        if not manifest.exists() or manifest.stat().st_mtime < newest:
            console.manage("collectstatic", "--noinput", "--verbosity", "0")
    finally:
        lock.release()
