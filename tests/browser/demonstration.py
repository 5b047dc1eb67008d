"""The demo as `make demo` brings it up, for the scripts that look at its pages: pictures and measurements."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Playwright

from tests.browser.visitor import Visitor
from tests.live import PROJECT, end_group, free_port

PASSWORD = "Wander-2026-demo"
LISTS = {
    "applications": "/",
    "plans": "/deployments/",
    "users": "/users/",
    "teams": "/teams/",
    "roles": "/roles/",
    "service-accounts": "/service-accounts/",
    "infrastructure": "/infrastructure/",
    "audit-logs": "/audit-logs/",
}
THINGS = {
    "application": "applications",
    "plan": "plans",
    "user": "users",
    "team": "teams",
    "role": "roles",
    "service-account": "service-accounts",
    "environment": "infrastructure",
}
OWN = {"profile": "/profile/", "tokens": "/profile/tokens/", "sessions": "/profile/sessions/"}


@contextmanager
def demonstration() -> Iterator[str]:
    """Run the demo on a free port until the block ends; yield its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo"],
        cwd=PROJECT,
        env={**os.environ, "PORT": str(port), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        if not any("Ctrl-C" in line for line in process.stdout):
            raise SystemExit("The demo did not come up; the reason is above.")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            end_group(process)


def launched(playwright: Playwright) -> Browser:
    """Return the Chromium that the browser tests use."""
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])


def addresses(visitor: Visitor) -> dict[str, str]:
    """Return the addresses of the main pages that this person has: each list, the first thing of each, their own."""
    found = {name: path for name, path in LISTS.items() if visitor.open(path).ok}
    for name, of in THINGS.items():
        if of in found and (path := first_of(visitor.page, found[of])):
            found[name] = path
    change_log = visitor.page.get_by_role("link", name="View Change Log", exact=True)
    for thing in ("role", "application"):
        if thing in found:
            visitor.open(found[thing])
            if path := change_log.first.get_attribute("href"):
                found[f"change-log-of-{thing}"] = path
    return {**found, **OWN}


def first_of(page: Page, path: str) -> str | None:
    """Return the address of the first thing in a list."""
    page.goto(path)
    link = page.locator("main tbody th a, main tbody td a").first
    return link.get_attribute("href") if link.count() else None
