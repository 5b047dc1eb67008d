"""Processes that a command starts, watches and stops again."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

GRACE = 15  # seconds that a process gets to end in order


class Child:
    """A Python process of ours, in a group of its own so that the terminal's Ctrl-C reaches only us."""

    def __init__(
        self, name: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent(),  # safe: this process has one thread
        )

    @property
    def ended(self) -> int | None:
        """The exit code of a process that has ended; negative is the number of the signal that killed it."""
        return self.process.poll()

    def stop(self) -> None:
        """Ask the process to end, and kill its whole group if it does not."""
        for request in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, request)
                self.process.wait(GRACE)
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue
            return


def end_with_parent() -> Callable[[], None] | None:
    """Return what makes a child end when we are killed and cannot stop it: Linux can, elsewhere nothing is done."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    set_signal_of_parents_death = 1
    return lambda: prctl(set_signal_of_parents_death, signal.SIGTERM)


def wait(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until the condition holds. Say whether it did in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
