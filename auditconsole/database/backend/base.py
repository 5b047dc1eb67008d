"""The backend. Whatever connects first, be it a page, a command, a test or a thread, comes through here."""

import select
import time
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.db.backends.postgresql import base, features
from psycopg.pq import TransactionStatus

from auditconsole.database.embedded import Embedded
from auditconsole.database.failures import DatabaseUnusable

PATIENCE = 20  # seconds to wait for an embedded server that is coming up again

# What libpq and PostgreSQL say of a server that is on its way up or down; both speak English here.
PASSING = (
    *("No such file", "Connection refused", "Connection reset", "closed the connection unexpectedly"),
    *("starting up", "shutting down", "recovery mode", "not yet accepting"),
)


@cache
def embedded(folder: str) -> Embedded:
    """Return this process's one hold on the server in `folder`."""
    return Embedded(Path(folder))


class DatabaseFeatures(features.DatabaseFeatures):
    minimum_database_version = (15,)


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures

    def get_connection_params(self) -> dict[str, Any]:
        """Return what psycopg connects with; an address that leads nowhere is given up after ten seconds."""
        return {"connect_timeout": 10, **super().get_connection_params()}

    def is_usable(self) -> bool:
        """Say whether the server is still there and takes statements, without asking it: one that leaves closes the
        connection, and then there is something to read. Where there is, or a transaction failed, it is asked."""
        if self.connection is None or self.connection.closed:
            return False
        socket = select.poll()
        socket.register(self.connection.fileno(), select.POLLIN)
        in_order = self.connection.info.transaction_status in (
            TransactionStatus.IDLE,
            TransactionStatus.INTRANS,
        )
        return True if in_order and not socket.poll(0) else bool(super().is_usable())

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, with the embedded server running where it is the one meant."""
        folder = self.settings_dict.get("EMBEDDED")
        end = time.monotonic() + PATIENCE
        while True:
            if folder:
                embedded(folder).ensure_running()
            try:
                return super().get_new_connection(conn_params)
            except psycopg.OperationalError as error:
                passes = folder and any(sign in str(error) for sign in PASSING)
                if not passes or time.monotonic() > end:
                    raise DatabaseUnusable(self.remedy(error)) from error
            time.sleep(0.1)

    def check_database_version_supported(self) -> None:
        oldest = DatabaseFeatures.minimum_database_version
        if self.get_database_version() < oldest:
            found = ".".join(map(str, self.get_database_version()))
            raise DatabaseUnusable(
                f"DATABASE_URL leads to PostgreSQL {found}. This console needs PostgreSQL {oldest[0]} or newer: "
                "upgrade that server, set DATABASE_URL to another one, or unset it to use the embedded one."
            )

    def remedy(self, error: psycopg.OperationalError) -> str:
        """Say where we tried to connect, why not, and what to do. libpq's text names no password."""
        where = self.settings_dict
        host = where["HOST"] or where["OPTIONS"].get("host") or "localhost"
        said = " ".join(str(error).split())
        if where.get("EMBEDDED"):
            return (
                f"The embedded PostgreSQL in {where['EMBEDDED']} refuses the database {where['NAME']}: {said}"
            )
        return (
            f"The database at DATABASE_URL (host {host}, port {where['PORT'] or 5432}, database {where['NAME']}) "
            f"cannot be reached: {said}. Start that server, correct DATABASE_URL, or unset it to use the embedded one."
        )
