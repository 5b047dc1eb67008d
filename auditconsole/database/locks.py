"""Locks on files, which the kernel gives back when a process ends, however it ends."""

import fcntl
import os
import time
from pathlib import Path


class Lock:
    """A lock on the file `path`: `shared` by many or held by one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: int | None = None

    def take(self, *, shared: bool = False, patience: float = 0) -> bool:
        """Try to take the lock for `patience` seconds; say whether we have it."""
        if self.file is None:
            self.file = os.open(self.path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        end = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self.file, mode | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= end:
                    return False
                time.sleep(0.02)
            else:
                return True

    def release(self) -> None:
        if self.file is not None:
            os.close(self.file)
            self.file = None

    def is_free(self) -> bool:
        """Whether nobody holds it. Only for a lock that this object does not hold itself."""
        try:
            return self.take(shared=True)
        finally:
            self.release()

    def is_current(self) -> bool:
        """Whether the file that we hold is still the one at `path`: a removed folder takes its locks along."""
        try:
            return self.file is not None and os.path.samestat(os.fstat(self.file), self.path.stat())
        except FileNotFoundError:
            return False
