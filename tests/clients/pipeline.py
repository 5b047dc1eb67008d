"""The public client outsystems-pipeline, as its users have it: from the package index, in an environment of its own.

It pins its own requests and never meets our dependencies. The environment is kept in the project between runs.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.live import PROJECT

REQUIREMENT = "outsystems-pipeline==0.11.0"
FOLDER = PROJECT / ".clients" / REQUIREMENT
PATIENCE = 120  # seconds for a command, which itself waits up to an hour for a plan to end


class ClientMissing(Exception):
    """The client could not be installed."""


@dataclass
class Pipeline:
    """The client's commands against one console, with one token."""

    python: Path
    url: str
    token: str
    folder: Path

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command with a new folder for its artifacts: it believes what it finds in an old one."""
        artifacts = self.folder / f"artifacts{len(list(self.folder.iterdir()))}"
        artifacts.mkdir()
        where = ["--artifacts", str(artifacts), "--lt_url", self.url, "--lt_token", self.token]
        environment = {
            "PATH": os.environ["PATH"],
            "NO_PROXY": "127.0.0.1",
            "OVERRIDE_CONFIG_IN_USE": "True",
            "SLEEP_PERIOD_IN_SECS": "1",
        }
        return subprocess.run(
            [str(self.python), "-m", f"outsystems.pipeline.{command}", *where, *arguments],
            cwd=artifacts,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def deploy(self, *applications: str, to: str) -> subprocess.CompletedProcess[str]:
        """Deploy the newest tags from Development."""
        return self.run(
            "deploy_latest_tags_to_target_env",
            *("--source_env", "Development", "--destination_env", to),
            *("--app_list", ",".join(applications)),
        )


def installed() -> Path:
    """Return the Python of the client's environment, made when it is not there yet. Raises ClientMissing."""
    ready = FOLDER / "installed"
    with only_one():
        if not ready.exists():
            install()
            ready.touch()
    return FOLDER / "bin" / "python"


@contextmanager
def only_one() -> Iterator[None]:
    """Let one process at a time install."""
    FOLDER.parent.mkdir(exist_ok=True)
    with (FOLDER.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install() -> None:
    pip = [str(FOLDER / "bin" / "python"), "-m", "pip", "install", "--quiet", "--retries", "1"]
    for command in ([sys.executable, "-m", "venv", "--clear", str(FOLDER)], [*pip, REQUIREMENT]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ClientMissing(
                f"{REQUIREMENT} could not be installed, so nothing says that real clients work. "
                "These tests need the package index once, then .clients/ keeps it.\n"
                f"{done.stdout}{done.stderr}"
            )
