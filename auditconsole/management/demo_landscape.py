"""The demo's landscape: made once for a database, and how to sign in kept for the next start."""

import hashlib
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from psycopg import sql

from auditconsole.database.backend.base import embedded
from auditconsole.database.server import Server
from users.models import User


class DemoLandscape:
    """The landscape in the database that the settings name.

    A token can be shown only once, so what was printed is kept in a file that only its owner may read.
    """

    def __init__(self) -> None:
        where = "|".join(str(connection.settings_dict[part]) for part in ("HOST", "PORT", "NAME"))
        database = hashlib.sha256(where.encode()).hexdigest()[:12]
        folder = Path(settings.BASE_DIR) / ".postgres"
        folder.mkdir(exist_ok=True)
        self.kept = folder / f"demo-{database}.txt"
        self.unfinished = folder / f"demo-{database}.unfinished"

    def forget_unfinished(self) -> None:
        """Begin anew where the making was interrupted: half a landscape cannot be taken back, the record forbids it."""
        if not self.unfinished.exists():
            return
        folder = connection.settings_dict.get("EMBEDDED")
        if not folder:
            raise CommandError(
                "An earlier `make demo` was interrupted while it made the landscape in the database at DATABASE_URL. "
                f"Drop that database and create it anew, then remove {self.unfinished}."
            )
        embedded(folder).ensure_running()
        name = sql.Identifier(connection.settings_dict["NAME"])
        with psycopg.connect(Server(Path(folder)).conninfo(), autocommit=True) as maintenance:
            maintenance.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            maintenance.execute(sql.SQL("CREATE DATABASE {}").format(name))
        self.unfinished.unlink()

    def sign_ins(self) -> str:
        """Make the landscape unless this database has people; return how to sign in."""
        if not User.objects.filter(is_builtin=False).exists():
            return self.make()
        if self.kept.exists():
            return self.kept.read_text()
        return (
            "This database has people already; nothing was added, and how they sign in is not known here.\n"
            "For a demo landscape, set DATABASE_URL to an empty database, or unset it.\n"
        )

    def make(self) -> str:
        from auditconsole.landscape import build  # type: ignore[attr-defined, unused-ignore]

        self.unfinished.touch()
        made = build()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # until autovacuum comes, some questions take 20 times as long
        rows = [("Sign in as", "with password", "and see what"), *made.sign_ins]
        lines = [f"  {name:<22} {password:<22} {may}" for name, password, may in rows]
        text = "\n".join([*lines, "", "  Token of a service account, for the API:", f"  {made.token}", ""])
        self.kept.unlink(missing_ok=True)
        self.kept.touch(mode=0o600)
        self.kept.write_text(text)
        self.unfinished.unlink()
        return text
