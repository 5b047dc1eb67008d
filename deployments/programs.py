"""Running a program of the server's administrator: no shell, no secrets of ours, a time limit, and a bounded log."""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from deployments.log import PlanLog, Type

TICK = 0.3  # seconds between two questions whether the plan was aborted
GRACE = 5  # seconds between asking a program to end and killing it
LINE_LIMIT = 2000  # bytes of one entry; a longer line becomes several
LINES_LIMIT = 2000  # entries of one call; what follows is read and dropped, so that nothing is held up
CHUNK = 65536
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ProgramRun:
    """One call of a program."""

    def __init__(self, path: Path, arguments: list[str], variables: dict[str, str], *, limit: float) -> None:
        self.path, self.arguments, self.variables, self.limit = path, arguments, variables, limit

    def run(self, log: PlanLog, halted: Callable[[], bool]) -> str:
        """Run to the end, or until `halted` or the time limit; return what went wrong, or nothing."""
        try:
            process, reading = self._start()
        except OSError as error:
            return f"the program cannot be started: {error.strerror}"
        output = Output(reading, log)
        try:
            try:
                problem = self._watch(process, output, halted)
            finally:
                end(process)
            output.drain()
        finally:
            os.close(reading)
        return problem or exit_problem(process.returncode)

    def _start(self) -> "tuple[subprocess.Popen[bytes], int]":
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        reading, writing = os.pipe()
        try:
            process = subprocess.Popen(
                [str(self.path), *self.arguments],
                env={**inherited, **self.variables},
                cwd=self.path.parent,
                stdin=subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                start_new_session=True,  # it and what it starts end together, and Ctrl-C at the worker spares it
                preexec_fn=die_with_parent,
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        return process, reading

    def _watch(self, process: "subprocess.Popen[bytes]", output: "Output", halted: Callable[[], bool]) -> str:
        """Read until the program ends; return why it must end before, if it must."""
        limit, ask = time.monotonic() + self.limit, time.monotonic() + TICK
        while process.poll() is None:
            output.read(wait=TICK)
            if time.monotonic() > limit:
                return f"the program took longer than {self.limit} seconds and was ended"
            if time.monotonic() > ask:
                if halted():
                    return "the plan was stopped and the program ended"
                ask = time.monotonic() + TICK
        return ""


class Output:
    """What a program prints, line by line into the log. A line that begins with "warning" is one."""

    def __init__(self, pipe: int, log: PlanLog) -> None:
        self.pipe, self.log = pipe, log
        self.rest, self.kept, self.closed = b"", 0, False
        os.set_blocking(pipe, False)

    def read(self, *, wait: float) -> bool:
        """Read once, waiting at most so long; return whether there was something."""
        if self.closed:
            time.sleep(wait)  # it closed its output, and runs on
            return False
        if not select.select([self.pipe], [], [], wait)[0]:
            return False
        chunk = os.read(self.pipe, CHUNK)
        self.closed = not chunk
        self._keep(*self._lines(chunk))
        return not self.closed

    def drain(self) -> None:
        """Read what is left of an ended program; not for ever, should something it started still print."""
        for _ in range(1000):
            if self.closed or not self.read(wait=0):
                break
        self._keep(*([self.rest] if self.rest else []))
        self.rest = b""

    def _lines(self, chunk: bytes) -> list[bytes]:
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        if len(self.rest) > LINE_LIMIT:
            lines.append(self.rest)
            self.rest = b""
        return [
            line[at : at + LINE_LIMIT] for line in lines for at in range(0, max(len(line), 1), LINE_LIMIT)
        ]

    def _keep(self, *lines: bytes) -> None:
        room = LINES_LIMIT - self.kept
        self.kept += len(lines)
        entries = [entry(line) for line in lines[: max(room, 0)]]
        if 0 <= room < len(lines):
            entries.append((Type.WARNING, f"What follows the first {LINES_LIMIT} lines is not kept."))
        if entries:
            self.log.write_all(entries)


def entry(line: bytes) -> tuple[Type, str]:
    """Return a printed line as an entry of the log; what is no UTF-8 is replaced."""
    text = line.decode(errors="replace").rstrip("\r")
    return Type.WARNING if text.lower().startswith("warning") else Type.INFO, text


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a program and whatever it started: asked first, killed if it stays."""
    for request, patience in ((signal.SIGTERM, GRACE), (signal.SIGKILL, None)):
        if process.poll() is not None:
            break
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, request)
            process.wait(patience)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # its children, where it left some behind


def exit_problem(status: int) -> str:
    """Return what an exit status means, or nothing for success."""
    if status < 0:
        # most real-time signals have no name
        known = {number.value: number.name for number in signal.Signals}
        return f"the program was ended by {known.get(-status, f'signal {-status}')}"
    return f"the program ended with status {status}" if status else ""


def die_with_parent() -> None:
    """Between fork and exec: have the program killed together with the worker, so that none deploys unseen."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
