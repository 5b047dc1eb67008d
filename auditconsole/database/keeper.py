"""The process that keeps the embedded server: `python -m auditconsole.database.keeper <folder>`.

It starts the server, starts it again when it was killed, and stops it when no process uses it any more. Users hold
a shared lock, which the kernel takes from a process that ends in whatever way; so nobody has to say goodbye.
It answers on its standard output: "ready", or what is wrong.
"""

import os
import signal
import sys
import time
from pathlib import Path

import psycopg
from psycopg import sql

from auditconsole.database.failures import DatabaseUnusable
from auditconsole.database.locks import Lock
from auditconsole.database.server import DATABASE, Server

PAUSE = 0.25  # seconds between two looks


class Keeper:
    """Keeps the server in `folder` for as long as it has users."""

    def __init__(self, folder: Path) -> None:
        self.server = Server(folder)
        self.mine = Lock(folder / "keeper.lock")
        self.users = Lock(folder / "users.lock")
        self.told_to_stop = False
        signal.signal(signal.SIGTERM, self.on_signal)

    def on_signal(self, _number: int, _frame: object) -> None:
        self.told_to_stop = True

    def run(self) -> str | None:
        """Keep the server until nobody uses it. Return what is wrong, if it could not be started."""
        if not self.mine.take(patience=5):
            return "Another process keeps this database already."
        try:
            self.start()
        except DatabaseUnusable as error:
            return str(error)
        answer("ready")
        try:
            self.keep()
        except DatabaseUnusable as error:
            print(error, file=sys.stderr)
        finally:
            self.server.stop()
        return None

    def start(self) -> None:
        self.server.start()
        with psycopg.connect(self.server.conninfo(), autocommit=True) as connection:
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchall():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def keep(self) -> None:
        while self.mine.is_current() and not self.told_to_stop and not self.users.take():
            self.users.release()
            if not self.server.is_alive():
                self.server.start()
            time.sleep(PAUSE)


def answer(text: str) -> None:
    """Say `text` to the process that started this one, and let go of it."""
    os.write(1, text.encode())
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)


if __name__ == "__main__":
    if os.fork():  # our starter waits for us only; the keeper itself has no parent that would have to reap it
        os._exit(0)
    if wrong := Keeper(Path(sys.argv[1])).run():
        answer(wrong)
        sys.exit(1)
