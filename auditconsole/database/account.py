"""The operating-system account that runs the embedded server. PostgreSQL refuses to run as root."""

import logging
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from auditconsole.database.failures import DatabaseUnusable

Command = Sequence[str | Path]
NAME = "pgserver"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Account:
    """Who runs the server: ourselves, or for root an account of its own."""

    uid: int
    gid: int

    @property
    def another(self) -> bool:
        return self.uid != os.geteuid()

    def run(self, command: Command) -> tuple[int, str]:
        """Run `command` as this account; return its exit code and what it said."""
        done = subprocess.run(
            command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **self.circumstances()
        )
        return done.returncode, done.stdout.decode(errors="replace")

    def start(self, command: Command, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start `command` as this account, out of reach of our terminal's signals."""
        return subprocess.Popen(
            command, stdout=log, stderr=log, start_new_session=True, **self.circumstances()
        )

    def circumstances(self) -> dict[str, Any]:
        environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
        switch = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.another else {}
        return {"cwd": "/", "env": environment, "stdin": subprocess.DEVNULL, **switch}

    def folder(self, path: Path) -> None:
        """Make `path` a folder that only this account may enter, unless it is there."""
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            return  # never given away: it may be a link that somebody laid there
        if self.another:
            os.chown(path, self.uid, self.gid)

    def let_through(self, path: Path) -> None:
        """Let this account pass through the folders above `path`: pass, not list."""
        if not self.another:
            return
        for folder in path.resolve().parents:
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                logger.warning(
                    "Letting other accounts pass through %s, so that the database server can.", folder
                )
                folder.chmod(mode | stat.S_IXOTH)

    def let_read(self, folder: Path) -> None:
        """Let this account read and run what is in `folder`, where a strict umask kept it to root."""
        self.let_through(folder)
        if not self.another or folder.stat().st_mode & stat.S_IROTH:
            return
        for path in (*folder.rglob("*"), folder):
            mode = path.stat().st_mode
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def account(data: Path) -> Account:
    """Return the account that owns `data` or, where there is none yet, the one that shall."""
    us = os.geteuid()
    if data.exists():
        owner = data.stat()
        if us not in (0, owner.st_uid):
            raise DatabaseUnusable(
                f"The folder {data} belongs to another account (number {owner.st_uid}), which ran the console first. "
                "Run the console as that account, or remove the folder if its data are not needed, "
                "or set DATABASE_URL to a PostgreSQL of yours."
            )
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    if us != 0:
        return Account(us, os.getegid())
    entry = made_for_root()
    return Account(entry.pw_uid, entry.pw_gid)


def made_for_root() -> pwd.struct_passwd:
    """Return the account `pgserver`, made when it is missing."""
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        useradd = shutil.which("useradd", path=f"{os.defpath}:/usr/sbin:/sbin")
    if useradd is not None:
        command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
        logger.warning("PostgreSQL does not run as root: adding the system account %s for it.", NAME)
        subprocess.run(command, check=False, capture_output=True)
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        raise DatabaseUnusable(
            f"PostgreSQL does not run as root and the account {NAME} could not be added. Add it, "
            "run the console as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours."
        ) from None
