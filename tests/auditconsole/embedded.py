"""A folder with an embedded server, and processes of some account that use it."""

import json
import os
import pwd
import shutil
import site
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from auditconsole.database.locks import Lock
from auditconsole.database.server import Server
from tests.live import PROJECT

ENDING = 60  # seconds in which an unused server is gone, on a machine that is busy with other tests
US = pwd.getpwuid(os.geteuid()).pw_name


def switch(account: str) -> dict[str, Any]:
    """Return what makes subprocess run something as `account`."""
    owner = pwd.getpwnam(account)
    environment = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(site.getsitepackages()),
    }
    environment.pop("DATABASE_URL", None)
    other = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if account != US else {}
    return {"cwd": PROJECT, "env": environment, **other}


@cache
def python(account: str) -> str | None:
    """Return a Python that `account` may run: this one, or the system's where this one is in root's home."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        try:
            subprocess.run(
                [candidate, "-c", "import psycopg, auditconsole.database"], check=True, **switch(account)
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    return None


# Root must hand the server over to another account; an ordinary one runs it itself.
ACCOUNTS = [US, "nobody"] if US == "root" and python("nobody") else [US]


class User:
    """A process, run by `account`, that uses the database of the project in `folder`."""

    def __init__(self, folder: Path, account: str) -> None:
        self.process = subprocess.Popen(
            [python(account) or sys.executable, "-m", "tests.auditconsole.database_user", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **switch(account),
        )

    def ask(self, statement: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(statement + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def rows(self, statement: str) -> list[list[Any]]:
        answer = self.ask(statement)
        assert "rows" in answer, answer
        rows: list[list[Any]] = answer["rows"]
        return rows

    def end(self, *, kill: bool = False) -> None:
        if kill:
            self.process.kill()
        self.process.communicate(timeout=30)


class Project:
    """A folder of `account`, in which users start the embedded server."""

    def __init__(self, folder: Path, account: str) -> None:
        self.folder, self.account = folder, account
        self.server = Server(folder / ".postgres")
        self.stack = ExitStack()

    def user(self) -> User:
        user = User(self.folder, self.account)
        self.stack.callback(user.end, kill=True)
        return user

    def keeper(self) -> int:
        """Return the process that keeps the server."""
        argument = str(self.folder / ".postgres").encode()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if b"auditconsole.database.keeper" in words and argument in words:
                return int(process.name)
        raise AssertionError("no keeper runs")

    def stops(self) -> bool:
        """Whether server and keeper end within `ENDING` seconds."""
        free = Lock(self.server.folder / "keeper.lock").is_free
        return soon(lambda: free() and not self.server.is_alive())


def soon(happens: Callable[[], bool]) -> bool:
    end = time.monotonic() + ENDING
    while not happens():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def project_in(base: Path, account: str) -> Iterator[Project]:
    owner = pwd.getpwnam(account)
    os.chown(base, owner.pw_uid, owner.pw_gid)
    project = Project(base, account)
    with project.stack:
        yield project
    assert project.stops() or not (base / ".postgres").exists()
    if project.server.sockets.parent != project.server.folder:
        shutil.rmtree(project.server.sockets, ignore_errors=True)
