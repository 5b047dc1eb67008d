"""Change and record are one: a process killed in the middle leaves neither without the other."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.live import PROJECT

ROUNDS = 12
CHANGES = """
    SELECT details::json -> 'changes' -> 'Description' ->> 1, entity_key FROM audit_event
    WHERE activity = 'roles.role.test_changed' ORDER BY id
"""


def test_killed_at_any_moment_changed_rows_are_recorded_changes(database_url: str, tmp_path: Path) -> None:
    moments = random.Random(8)  # noqa: S311  (any will do, the same each time)
    with psycopg.connect(database_url, autocommit=True) as observer:
        observer.execute(
            "INSERT INTO roles_role (key, name, description, builtin, manage_infrastructure, manage_teams,"
            " view_audit_logs, created_at) SELECT gen_random_uuid(), 'Tester ' || n, '', '', false, false, false, now()"
            " FROM generate_series(1, 5) n"
        )
        recorded = 0
        with starter(database_url, tmp_path / "log") as starting:
            wait_until_alone(observer)
            for _ in range(ROUNDS):
                start_and_kill(starting, moments.uniform(0.03, 0.25))
                wait_until_alone(observer)
                last = {key: new for new, key in observer.execute(CHANGES).fetchall()}
                rows = observer.execute(
                    "SELECT key, description FROM roles_role WHERE name LIKE 'Tester%'"
                ).fetchall()
                assert {key: text for key, text in rows if text} == last
                recorded = max(recorded, len(observer.execute(CHANGES).fetchall()))
        outside = "SELECT count(*) FROM audit_event WHERE activity LIKE 'audit.outside.%'"
        assert observer.execute(outside).fetchone() == (5,)  # the five that this test put there
        assert recorded > ROUNDS, "the processes did some work before they were killed"


@contextmanager
def starter(database_url: str, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Yield the process that starts those that are killed."""
    with (
        log.open("ab") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "tests.audit.changer"],
            cwd=PROJECT,
            env={**os.environ, "DATABASE_URL": database_url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n", log.read_text()
        yield process


def start_and_kill(starting: "subprocess.Popen[bytes]", after: float) -> None:
    assert starting.stdin is not None
    assert starting.stdout is not None
    starting.stdin.write(b"\n")
    starting.stdin.flush()
    changing = int(starting.stdout.readline())
    time.sleep(after)
    os.kill(changing, signal.SIGKILL)


def wait_until_alone(observer: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Wait until the server has noticed that the process is gone, and undone what it left open."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    end = time.monotonic() + 30
    while observer.execute(others).fetchone() != (0,):
        assert time.monotonic() < end, "the server did not notice"
        time.sleep(0.02)
