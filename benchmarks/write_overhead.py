"""What having a change on record costs: ours beside a bare save() and beside four libraries, in alternating rounds.

Each contender changes one column of one row, again and again, in a process and a database of its own on one server.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auditconsole.settings")
os.environ["DEBUG"] = "0"  # Django keeps every statement in memory otherwise
os.environ.setdefault("SECRET_KEY", "benchmark")

import django  # noqa: E402
import psycopg  # noqa: E402
from django.db import connection  # noqa: E402
from psycopg import sql  # noqa: E402

BARE = "bare save()"
OURS = ["auditconsole", "auditconsole, by a person"]
LIBRARIES = ["django-auditlog", "django-simple-history", "django-pghistory", "django-easy-audit"]
CONTENDERS = [
    BARE,
    *OURS,
    "django-pghistory with context",
    "django-auditlog",
    "django-simple-history",
    "django-easy-audit",
]


class Contender:
    """A contender's process, which makes changes when told."""

    def __init__(self, name: str, python: str, url: str, where: dict[str, Any]) -> None:
        environment = {**os.environ, "CONTENDER": name, "DATABASE_URL": url, "CONNECTION": json.dumps(where)}
        command = [python, "-W", "ignore", str(HERE / "contender.py")]
        self.process = subprocess.Popen(
            command, cwd=HERE, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.name = name
        self.times: list[float] = []
        self.facts = self._answer()

    def run(self, changes: int) -> list[float]:
        """Make that many changes; return the microseconds of each."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{changes}\n")
        self.process.stdin.flush()
        times: list[float] = self._answer()
        return times

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        if not (line := self.process.stdout.readline()):
            raise SystemExit(f"{self.name} ended without an answer; its error stands above.")
        return json.loads(line)


@contextmanager
def environment(kept: str) -> Iterator[str]:
    """The Python of an environment in which the libraries are installed, at their newest versions."""
    with tempfile.TemporaryDirectory() as folder:
        python = Path(kept or folder) / "bin" / "python"
        if not python.exists():
            print("Installing the libraries ...", flush=True)
            subprocess.run([sys.executable, "-m", "venv", str(python.parent.parent)], check=True)
            install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*install, "django~=5.2.0", "psycopg[binary]>=3.2", *LIBRARIES], check=True)
        yield str(python)


@contextmanager
def database(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A database of its own on the console's server: its address, and the same as Django's settings."""
    from tests.databases import address

    quoted = sql.Identifier(name)
    with psycopg.connect(address("postgres"), autocommit=True) as maintenance:
        maintenance.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
        maintenance.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
        where = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}
        options = {key: value for key, value in connection.settings_dict["OPTIONS"].items() if key == "host"}
        try:
            yield address(name), {**where, "OPTIONS": options, "NAME": name}
        finally:
            maintenance.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))


def measure(contenders: list[Contender], rounds: int, changes: int) -> None:
    """Let all of them make changes, in another order each round, so that what else the machine does hits them alike."""
    order = random.Random(1)  # noqa: S311
    for number in range(rounds + 1):
        for contender in order.sample(contenders, len(contenders)):
            times = contender.run(changes)
            if number:  # the first round warms up
                contender.times += times
        print(f"\rround {number} of {rounds}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def report(contenders: list[Contender]) -> None:
    """Print the table."""
    bare = statistics.median(contenders[0].times)
    print(
        f"{'one change of one row':<32}{'statements':>11}{'median µs':>11}{'p95 µs':>9}{'ratio':>7}{'on record':>11}"
    )
    for contender in contenders:
        middle, high = statistics.median(contender.times), statistics.quantiles(contender.times, n=20)[-1]
        recorded = "" if contender.name == BARE else f"{contender.facts['events']} of 2"
        statements = contender.facts["statements"]
        print(
            f"{contender.name:<32}{statements:>11}{middle:>11.0f}{high:>9.0f}{middle / bare:>7.2f}{recorded:>11}"
        )
    print(
        f"synchronous_commit = {contenders[0].facts['synchronous_commit']}, {len(contenders[0].times)} changes each"
    )


def main() -> None:
    """Set everything up, measure, report, and clean up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--changes", type=int, default=25, help="per contender and round")
    parser.add_argument(
        "--environment", default="", help="a folder for the libraries' environment, to keep it"
    )
    options = parser.parse_args()
    django.setup()
    with ExitStack() as stack:
        python = stack.enter_context(environment(options.environment))
        contenders = []
        for number, name in enumerate(CONTENDERS):
            url, where = stack.enter_context(database(f"benchmark_{number}"))
            contender = Contender(name, sys.executable if name in OURS else python, url, where)
            stack.callback(contender.stop)
            contenders.append(contender)
        measure(contenders, options.rounds, options.changes)
        report(contenders)


if __name__ == "__main__":
    main()
