"""`manage.py demo`, as people run it: real processes, its own copy of the project, its own embedded database."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.auditconsole.embedded import Project, soon
from tests.live import PROJECT, answers, free_port

PATIENCE = 300  # seconds for a demo to come up from nothing, on a machine that is busy with other tests
LEFT_OUT = (
    ".git",
    ".venv",
    ".postgres",
    ".postgres.secret-key",
    ".*_cache",
    "__pycache__",
    "tests",
    "artifacts",
)


class Demo:
    """One run of the demo in `folder`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/"
        self.log = folder / f"demo-{port}.log"
        environment = {**os.environ, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        environment.pop("DATABASE_URL", None)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"], cwd=folder, env=environment, stdout=log, stderr=log
            )

    def said(self) -> str:
        return self.log.read_text()

    def wait_for(self, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while words not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.1)

    def children(self) -> dict[str, int]:
        """Return the processes that it started itself: the web server and the worker."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
                words = (process / "cmdline").read_bytes().split(b"\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == self.process.pid:
                found["web" if b"gunicorn" in words else "worker"] = int(process.name)
        return found

    def end(self, request: signal.Signals) -> int:
        self.process.send_signal(request)
        return self.process.wait(60)


def status(url: str) -> int:
    try:
        with urlopen(url, timeout=30) as page:
            return int(page.status)
    except HTTPError as error:
        with error:
            return error.code


class Place:
    """A copy of the project, in which one demo after the other runs on the same data; the first was interrupted while
    it made the landscape. What a test leaves running is there for the next one: to start a demo takes seconds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = Project(folder, "root")
        self.demo = self.interrupted = Demo(folder, free_port())

    def interrupt(self) -> None:
        assert soon(lambda: list((self.folder / ".postgres").glob("demo-*.unfinished")) != [])
        self.interrupted.process.send_signal(signal.SIGINT)
        self.interrupted.process.wait(60)

    def running(self) -> Demo:
        """Return the demo that runs, if need be a new one."""
        if self.demo.process.poll() is not None:
            self.demo = Demo(self.folder, free_port())
            self.demo.wait_for("Ctrl-C stops everything")
        return self.demo

    def end(self) -> None:
        if self.demo.process.poll() is None:
            self.demo.end(signal.SIGTERM)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("demo") / "project"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    place = Place(folder)
    try:
        place.interrupt()
        yield place
    finally:
        place.end()
    assert place.project.stops()


@pytest.fixture
def demo(place: Place) -> Demo:
    """A demo that runs."""
    return place.running()


def sign_ins(said: str) -> str:
    """Return what was printed below the address."""
    return said.partition("Sign in as")[2].partition("Ctrl-C")[0]


def test_a_landscape_that_was_interrupted_is_begun_anew(place: Place, demo: Demo) -> None:
    assert place.interrupted.process.returncode == 0
    assert "Stopping." in place.interrupted.said()
    assert "Traceback" not in place.interrupted.said()
    assert "Sign in as" not in place.interrupted.said()
    assert "Token of a service account" in demo.said()


def test_it_prints_the_address_the_sign_ins_and_a_token_and_the_console_is_there(demo: Demo) -> None:
    said = demo.said()
    assert f"The console runs at {demo.url}" in said
    assert len(re.findall(r"^  \S+ +\S+ +\S+", sign_ins(said), re.MULTILINE)) >= 4
    assert re.search(r"Token of a service account, for the API:\n  \S{20,}", said)
    with urlopen(demo.url, timeout=30) as page:
        assert page.url.startswith(demo.url)
        assert b'type="password"' in page.read()
    assert set(demo.children()) == {"web", "worker"}


def test_what_is_not_there_is_answered_by_the_console_and_not_by_the_framework(demo: Demo) -> None:
    with pytest.raises(HTTPError) as answer:
        urlopen(f"{demo.url}nothing/", timeout=30)
    with answer.value as page:
        assert page.code == 404
        assert "Page not found" in page.read().decode()


@pytest.mark.parametrize("request_to_stop", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_everything_it_started_and_keeps_the_data_and_the_sign_ins(
    place: Place, demo: Demo, request_to_stop: signal.Signals
) -> None:
    children = demo.children()
    before = demo.said()
    assert demo.end(request_to_stop) == 0
    assert not answers(demo.url)
    assert not place.project.server.is_alive()
    assert not any(Path(f"/proc/{pid}").exists() for pid in children.values())

    began = time.monotonic()
    again = place.running()
    assert time.monotonic() - began < 60  # on a machine that is busy with other tests
    assert sign_ins(again.said()) == sign_ins(before)


def test_the_sign_ins_are_kept_for_their_owner_only(place: Place, demo: Demo) -> None:
    [kept] = (place.folder / ".postgres").glob("demo-*.txt")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_worker_that_dies_is_started_again(demo: Demo) -> None:
    worker = demo.children()["worker"]
    os.kill(worker, signal.SIGKILL)
    demo.wait_for("The worker ended (exit code -9); starting another.")
    assert soon(lambda: demo.children().get("worker") not in (None, worker))


def test_a_database_that_is_killed_comes_up_again_and_the_pages_with_it(place: Place, demo: Demo) -> None:
    server = place.project.server
    killed = server.pid()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert soon(lambda: server.pid() not in (None, killed))
    assert soon(lambda: status(demo.url) == 200)
    assert demo.process.poll() is None


def test_without_its_web_server_it_ends_with_a_message(place: Place, demo: Demo) -> None:
    os.kill(demo.children()["web"], signal.SIGKILL)
    assert demo.process.wait(60) == 1
    assert "The web server ended (exit code -9)" in demo.said()
    assert "Traceback" not in demo.said()
    assert not place.project.server.is_alive()


def test_killed_itself_it_leaves_nothing_running(place: Place, demo: Demo) -> None:
    demo.end(signal.SIGKILL)
    assert soon(lambda: not answers(demo.url))
    assert place.project.stops()


def test_a_port_that_is_taken(place: Place) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        demo = Demo(place.folder, other.getsockname()[1])
        assert demo.process.wait(60) == 1
    assert re.search(r"Port \d+ cannot be used .*: PORT=\d+ make demo", demo.said())
    assert "Traceback" not in demo.said()


def test_a_port_that_is_none(place: Place) -> None:
    demo = Demo(place.folder, 99999)
    assert demo.process.wait(60) == 1
    assert "set it to a number between 1 and 65535" in demo.said()
