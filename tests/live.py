"""A real console in processes of its own: the web server as in production, the worker, and its own database."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

PROJECT = Path(__file__).resolve().parent.parent
PASSWORD = "Correct-Horse-Battery-9"  # of everybody whom the tests make
PATIENCE = 60  # seconds for a server to answer, or a process to end


class LiveConsole:
    """A console that runs at `url` on the database at `database_url`. What its processes say is in `logs`."""

    def __init__(self, database_url: str, logs: Path) -> None:
        self.database_url = database_url
        self.logs = logs
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "DATABASE_URL": database_url, "PYTHONUNBUFFERED": "1"}
        self.environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # only ever meant for the test's own process
        self.processes: list[subprocess.Popen[bytes]] = []

    def start_web(self) -> subprocess.Popen[bytes]:
        """Start the web server and wait until it answers."""
        bind, log = f"127.0.0.1:{self.port}", self.logs / "web.log"
        options = ["--bind", bind, "--threads", "4", "--no-control-socket"]
        process = self.start(log, "-m", "gunicorn", "auditconsole.wsgi", *options)
        end = time.monotonic() + PATIENCE
        while not answers(self.url):
            if process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"The web server does not answer:\n{log.read_text()}")
            time.sleep(0.05)
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker that carries out deployment plans."""
        return self.start(self.logs / f"worker{len(self.processes)}.log", "manage.py", "worker")

    def start(self, log: Path, *arguments: str) -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def manage(self, *arguments: str) -> str:
        """Run a management command on this console's database; return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def stop(self) -> None:
        """End everything that was started, children of children too."""
        for process in reversed(self.processes):
            end_group(process)
        self.processes.clear()


def end_group(process: subprocess.Popen[Any]) -> None:
    """End a process that leads its own group: asked first, killed if it stays."""
    for request, patience in ((signal.SIGTERM, PATIENCE), (signal.SIGKILL, PATIENCE)):
        try:
            os.killpg(process.pid, request)
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            process.wait(patience)
        return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether a web server is there, whatever it says."""
    try:
        with urlopen(url, timeout=5):
            return True
    except HTTPError as response:
        response.close()
        return True
    except (URLError, ConnectionError, TimeoutError):
        return False
