"""One PostgreSQL server in a folder: create its data, start it, stop it, see whether it lives."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import psycopg

from auditconsole.database import wheel
from auditconsole.database.account import Account, Command, account
from auditconsole.database.failures import DatabaseUnusable

PORT = 5432  # of the socket's name only: the server listens on no network address
LONGEST_SOCKET = 103  # bytes; Linux allows 107, macOS 103
SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")
ROOM = (
    200 * 1024**2
)  # bytes that a new server needs: its data, its first write-ahead log, and space to breathe
PAGE = 8192  # bytes; the least that PostgreSQL writes
RECOVERY = 300  # seconds that a server may take to come up after a crash
SHUTDOWN = 30  # seconds that a server may take to stop in order
LOG_KEPT = 10 * 1024**2  # bytes of log after which a start begins a new one

SUPERUSER = "postgres"
DATABASE = "auditconsole"


class Server:
    """The server whose data are in `<folder>/data`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.sockets = socket_folder(folder)
        self.process: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        """Prepare everything that a start needs; the data are made at once or not at all."""
        who = account(self.data)
        programs = wheel.programs()
        for folder in wheel.needed():
            who.let_read(folder)
        who.let_through(self.data)
        if not self.data.exists():
            self.initialise(who, programs)
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != str(wheel.VERSION):
            raise DatabaseUnusable(
                f"The data in {self.data} are of PostgreSQL {version}, the installed embedded server is "
                f"{wheel.VERSION}. Move the folder {self.folder} away to begin anew, or dump it with the old version."
            )
        who.folder(self.sockets)
        self.refuse_foreign_sockets(who)

    def initialise(self, who: Account, programs: Path) -> None:
        free = shutil.disk_usage(self.folder).free
        if free < ROOM:
            raise DatabaseUnusable(
                self.full(f"{free // 1024**2} MB are free and {ROOM // 1024**2} MB are needed")
            )
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        who.folder(unfinished)
        failed, said = who.run(
            [
                *(programs / "initdb", "--pgdata", unfinished, "--username", SUPERUSER, "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C"),
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
            ]
        )
        if failed:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise DatabaseUnusable(self.explain(said))
        unfinished.rename(self.data)

    def refuse_foreign_sockets(self, who: Account) -> None:
        """A folder under /tmp with our name may have been laid there by somebody else, to play our server."""
        found = self.sockets.lstat()
        if found.st_uid != who.uid or found.st_mode & 0o077:
            raise DatabaseUnusable(
                f"The folder {self.sockets} is not the private one of the account that runs the database. "
                "Remove it and start again."
            )

    def start(self) -> None:
        """Start the server, unless it runs already, and wait until it takes connections."""
        if self.answers():
            return None
        end = time.monotonic() + 15
        while True:
            try:
                return self.launch()
            except StillInMemory as error:
                # The workers of a killed server need a moment to notice that they are orphans.
                if time.monotonic() > end:
                    raise DatabaseUnusable(str(error)) from None
                time.sleep(0.2)

    def launch(self) -> None:
        who = account(self.data)
        self.forget_the_dead()
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            begin = log.tell()
            command: Command = (wheel.programs() / "postgres", "-D", self.data, *self.options())
            process = self.process = who.start(command, log)
        end = time.monotonic() + RECOVERY
        while not self.is_ready(process.pid):
            if process.poll() is not None:
                said = self.log.read_bytes()[begin:].decode(errors="replace")
                if "still in use" in said or '.lock" already exists' in said:
                    raise StillInMemory(self.explain(said))
                raise DatabaseUnusable(self.explain(said))
            if time.monotonic() > end:
                self.stop()
                raise DatabaseUnusable(
                    f"The embedded PostgreSQL was not ready after {RECOVERY} s; see {self.log}."
                )
            time.sleep(0.02)

    def forget_the_dead(self) -> None:
        """Remove the notes of a killed server whose parent has not collected it: to PostgreSQL it looks alive.

        Should parts of it still run, PostgreSQL finds their shared memory through the folder itself.
        """
        for note in (self.data / "postmaster.pid", self.sockets / f".s.PGSQL.{PORT}.lock"):
            pid = first_number(note)
            if pid is not None and is_defunct(pid):
                note.unlink(missing_ok=True)

    def options(self) -> list[str]:
        """Reached through a socket that only this account and root may open: no network, no password."""
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def noted(self) -> list[str]:
        """Return the lines of the file in which a running server notes its process, folder, socket and state."""
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def is_ready(self, pid: int) -> bool:
        lines = self.noted()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7] == "ready"

    def answers(self) -> bool:
        """Whether a server that runs on our data answers on our socket: ours, whoever started it."""
        if not self.noted() or not (self.sockets / f".s.PGSQL.{PORT}").exists():
            return False
        try:
            with psycopg.connect(self.conninfo(), connect_timeout=5) as connection:
                row = connection.execute("SELECT current_setting('data_directory')").fetchone()
        except psycopg.OperationalError:
            return False
        return row is not None and Path(row[0]) == self.data

    def conninfo(self, database: str = "postgres") -> str:
        return psycopg.conninfo.make_conninfo(
            host=str(self.sockets), port=PORT, user=SUPERUSER, dbname=database
        )

    def pid(self) -> int | None:
        return first_number(self.data / "postmaster.pid")

    def is_alive(self) -> bool:
        if self.process is not None:
            return self.process.poll() is None
        pid = self.pid()
        return pid is not None and exists(pid)

    def stop(self) -> None:
        """Stop the server in order; where it does not, at once (it then recovers at the next start)."""
        pid = self.process.pid if self.process is not None else self.pid()
        for request in (signal.SIGINT, signal.SIGQUIT):
            if pid is None or not self.is_alive():
                return
            with suppress(ProcessLookupError):
                os.kill(pid, request)
            end = time.monotonic() + SHUTDOWN
            while self.is_alive() and time.monotonic() < end:
                time.sleep(0.02)

    def explain(self, said: str) -> str:
        """Turn what PostgreSQL's programs said into what is wrong and what to do."""
        nothing_left = shutil.disk_usage(self.folder).free < PAGE  # then not even the log could be written
        if nothing_left or "No space left on device" in said or "Disk quota exceeded" in said:
            return self.full("PostgreSQL says that no space is left")
        if "already exists" in said or "still in use" in said:
            return (
                f"The folder {self.data} is in use by another PostgreSQL server (process {self.pid()}), which this "
                "console did not start. Stop that server, or set DATABASE_URL to its address. If no such server runs "
                f"(see ps {self.pid()}), remove {self.data / 'postmaster.pid'}."
            )
        if "Permission denied" in said:
            return (
                f"The embedded PostgreSQL may not use {self.folder} (Permission denied). Give the folder to the "
                f"account that runs the console, or set DATABASE_URL to a PostgreSQL of yours. See {self.log}."
            )
        last = "\n".join(said.strip().splitlines()[-5:])
        return f"The embedded PostgreSQL does not start. It said (more in {self.log}):\n{last}"

    def full(self, how: str) -> str:
        return (
            f"The disk that holds {self.folder} is full: {how}. Make room and start again; nothing that was "
            "saved is lost. Or set DATABASE_URL to a PostgreSQL elsewhere."
        )


class StillInMemory(DatabaseUnusable):
    """Parts of a server that was killed still run."""


def socket_folder(folder: Path) -> Path:
    """Return where the socket of the server in `folder` is: in it, or in /tmp where its path is too long or odd.

    A socket's path has room for about a hundred bytes, and a comma or a blank in it would be read as a list.
    """
    path = folder / "socket"
    if len(os.fsencode(path / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET and SAFE.issuperset(str(path)):
        return path
    return Path("/tmp") / f"auditconsole-{sha256(os.fsencode(folder)).hexdigest()[:16]}"  # noqa: S108  (checked: refuse_foreign_sockets)


def first_number(note: Path) -> int | None:
    """Return the process that PostgreSQL noted on the first line of a file."""
    try:
        line = note.read_text().partition("\n")[0].strip()
    except FileNotFoundError:
        return None
    return int(line) if line.isdigit() else None


def exists(pid: int) -> bool:
    """Whether the process runs; one that has ended and was not collected by its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not is_defunct(pid)


def is_defunct(pid: int) -> bool:
    try:
        # "pid (name) state ...", and the name may hold anything
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
