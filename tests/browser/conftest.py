"""A running console on a database that the test fills itself, and people who visit it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser

from tests.browser.visitor import Visitor
from tests.databases import address
from tests.live import LiveConsole


@pytest.fixture
def console(browser: Browser, assert_nothing_outside: None, tmp_path: Path) -> Iterator[LiveConsole]:
    """A console with its worker, on this test's own database; the browser comes first, see its fixture."""
    console = LiveConsole(address(connection.settings_dict["NAME"]), tmp_path)
    try:
        console.start_web()
        console.start_worker()
        yield console
    finally:
        console.stop()


@pytest.fixture
def visit(browser: Browser, console: LiveConsole) -> Iterator[Callable[..., Visitor]]:
    """Let somebody visit the console; whatever they do, their browser must have nothing to complain of."""
    visitors: list[Visitor] = []

    def visit(username: str = "", **manner: bool) -> Visitor:
        visitor = Visitor(browser, console.url, **manner)
        visitors.append(visitor)
        if username:
            visitor.sign_in(username)
        return visitor

    yield visit
    for visitor in visitors:
        visitor.context.close()
    for visitor in visitors:
        visitor.assert_quiet()
