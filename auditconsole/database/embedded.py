"""The embedded server as its users see it: say that you use it, and it runs."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from auditconsole.database.account import account
from auditconsole.database.failures import DatabaseUnusable
from auditconsole.database.locks import Lock
from auditconsole.database.server import DATABASE, PORT, RECOVERY, SUPERUSER, Server, socket_folder

CODE = Path(__file__).resolve().parent.parent.parent


class Embedded:
    """The server in `folder`. Processes that use it share it; it stops when the last of them ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.users = Lock(self.folder / "users.lock")

    def settings(self) -> dict[str, Any]:
        """Return Django's settings; they are known before the server runs."""
        return {
            "NAME": DATABASE,
            "USER": SUPERUSER,
            "HOST": str(socket_folder(self.folder)),
            "PORT": str(PORT),
            "EMBEDDED": str(self.folder),
        }

    def ensure_running(self) -> None:
        """Use the server from now on until this process ends, and start it if it does not run."""
        try:
            self.folder.mkdir(mode=0o755, exist_ok=True)
            account(self.folder / "data")  # refuses a folder that is somebody else's
            self.use()
        except OSError as error:
            raise DatabaseUnusable(
                f"The embedded PostgreSQL cannot use the folder {self.folder}: {error}. Make room or give it "
                "to the account that runs the console, or set DATABASE_URL to a PostgreSQL of yours."
            ) from error

    def use(self) -> None:
        keeper = Lock(self.folder / "keeper.lock")
        if self.is_used() and not keeper.is_free():
            return
        starting = Lock(self.folder / "start.lock")
        if not starting.take(patience=RECOVERY):
            raise DatabaseUnusable(
                f"Another process has been starting the database in {self.folder} for {RECOVERY} s."
            )
        try:
            if not self.users.take(shared=True, patience=RECOVERY):
                raise DatabaseUnusable(f"The database in {self.folder} has been stopping for {RECOVERY} s.")
            if keeper.is_free():
                self.start_keeper()
        except BaseException:
            self.users.release()
            raise
        finally:
            starting.release()

    def is_used(self) -> bool:
        """Whether this process is a user already, of a folder that is still there."""
        if self.users.is_current():
            return True
        self.users.release()
        return False

    def start_keeper(self) -> None:
        Server(self.folder).create()
        reader, writer = os.pipe()
        with (self.folder / "keeper.log").open("w") as log:
            subprocess.run(
                [sys.executable, "-m", "auditconsole.database.keeper", str(self.folder)],
                cwd=CODE,
                stdin=subprocess.DEVNULL,
                stdout=writer,
                stderr=log,
                start_new_session=True,  # Ctrl-C in our terminal is not meant for the server of others
                check=False,
            )
        os.close(writer)
        with open(reader) as answer:
            said = answer.read()
        if said != "ready":
            raise DatabaseUnusable(
                said or f"The keeper of the database ended; see {self.folder / 'keeper.log'}."
            )

    def leave(self, patience: float) -> bool:
        """Stop using the server. Say whether it has stopped within `patience` seconds, or goes on for others."""
        self.users.release()
        keeper = Lock(self.folder / "keeper.lock")
        end = time.monotonic() + patience
        while not keeper.is_free():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True
