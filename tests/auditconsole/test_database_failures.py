"""What can go wrong with the database, each with the message that a person gets."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from auditconsole.database import server as server_module
from auditconsole.database import wheel
from auditconsole.database.account import Command, account
from auditconsole.database.backend.base import DatabaseFeatures
from auditconsole.database.embedded import Embedded
from auditconsole.database.failures import DatabaseUnusable
from tests.auditconsole.embedded import ACCOUNTS, US, Project, User, project_in, soon
from tests.live import PROJECT, free_port


@pytest.fixture
def project() -> Iterator[Project]:
    with tempfile.TemporaryDirectory(prefix="console") as base, project_in(Path(base), US) as project:
        yield project


def manage(url: str) -> subprocess.CompletedProcess[str]:
    """Run a command that needs the database, as a person would."""
    return subprocess.run(
        [sys.executable, "manage.py", "showmigrations"],
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": url},
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_missing_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # what Python itself does with a module that is not there
    monkeypatch.setitem(sys.modules, wheel.PACKAGE, None)
    with pytest.raises(DatabaseUnusable, match=r"not installed\. Install it .* or set DATABASE_URL"):
        Embedded(tmp_path / ".postgres").ensure_running()


def test_too_little_room_to_begin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(server_module, "ROOM", shutil.disk_usage(tmp_path).total * 2)
    with pytest.raises(DatabaseUnusable, match=r"is full: .* Make room and start again"):
        Embedded(tmp_path / ".postgres").ensure_running()


def test_a_full_disk_is_named_whoever_notices_it(tmp_path: Path) -> None:
    said = 'FATAL:  could not write lock file "postmaster.pid": No space left on device'
    assert "Make room and start again" in server_module.Server(tmp_path).explain(said)


def test_a_folder_that_another_server_uses(project: Project) -> None:
    project.user().rows("SELECT 1")
    project.stack.close()
    assert project.stops()
    who = account(project.server.data)
    elsewhere = project.folder / "elsewhere"
    who.folder(elsewhere)
    command: Command = [wheel.programs() / "postgres", "-D", project.server.data, "-h", "", "-k", elsewhere]
    with (project.folder / "log").open("wb") as log:
        other = who.start(command, log)
    try:
        assert soon(lambda: project.server.is_ready(other.pid))
        error = project.user().ask("SELECT 1")["error"]
        assert f"in use by another PostgreSQL server (process {other.pid})" in error
        assert "Stop that server, or set DATABASE_URL" in error
    finally:
        other.terminate()
        other.wait()


def test_a_folder_of_another_account(project: Project) -> None:
    project.user().rows("SELECT 1")
    project.stack.close()
    os.chmod(project.folder, 0o755)  # noqa: S103  (others come as far as the data)
    strangers = [name for name in ACCOUNTS if name != US]
    answers = [User(project.folder, name) for name in strangers]
    for stranger in answers:
        error = stranger.ask("SELECT 1")["error"]
        stranger.end()
        assert "set DATABASE_URL" in error
        assert "account" in error


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / ".postgres").write_text("a file is in the way")
    with pytest.raises(DatabaseUnusable, match=r"cannot use the folder .* set DATABASE_URL"):
        Embedded(tmp_path / ".postgres").ensure_running()


def test_data_of_another_version(project: Project) -> None:
    project.user().rows("SELECT 1")
    project.stack.close()
    assert project.stops()
    (project.server.data / "PG_VERSION").write_text("16\n")
    error = project.user().ask("SELECT 1")["error"]
    assert "are of PostgreSQL 16, the installed embedded server is 18. Move the folder" in error


def test_a_socket_folder_that_somebody_laid_there(project: Project) -> None:
    project.server.folder.mkdir()
    project.server.sockets.mkdir()
    project.server.sockets.chmod(0o777)
    assert "Remove it and start again" in project.user().ask("SELECT 1")["error"]


def test_an_address_where_nobody_listens() -> None:
    port = free_port()
    done = manage(f"postgresql://ana:hunter2@127.0.0.1:{port}/landscape")
    assert done.returncode == 1
    assert f"(host 127.0.0.1, port {port}, database landscape) cannot be reached" in done.stderr
    assert "Start that server, correct DATABASE_URL, or unset it" in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_an_address_without_that_database(database_url: str) -> None:
    done = manage(database_url + "_missing")
    assert done.returncode == 1
    assert "does not exist" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_malformed_address() -> None:
    done = manage("mysql://ana:hunter2@host/name")
    assert done.returncode == 1
    assert done.stderr.startswith("DATABASE_URL is malformed")
    assert "hunter2" not in done.stderr


@pytest.mark.django_db
def test_a_server_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DatabaseFeatures, "minimum_database_version", (99,))
    connection = connections.create_connection("default")
    try:
        with pytest.raises(DatabaseUnusable, match=r"needs PostgreSQL 99 or newer: upgrade that server"):
            connection.check_database_version_supported()
    finally:
        connection.close()


# A first user saves something, fills the disk and is refused; the disk is filled to the brim by somebody else, and
# the server cannot start; room is made, and everything is there.
SMALL_DISK = """
mount -t tmpfs -o size=270m,mode=755 tmpfs "$1"
head -c 40M /dev/zero >"$1/others"
use() { "$2" -m tests.auditconsole.database_user "$1"; }
{
    echo "CREATE TABLE kept AS SELECT 'saved' AS text"
    echo "CREATE TABLE filler AS SELECT repeat(md5(i::text), 40) FROM generate_series(1, 1000000) i"
} | use "$@"
"$2" -c "import sys, time; from pathlib import Path; from auditconsole.database.locks import Lock
while not Lock(Path(sys.argv[1])).is_free(): time.sleep(0.1)" "$1/.postgres/keeper.lock"
cat /dev/zero >"$1/filler" 2>/dev/null
echo "SELECT 1" | use "$@"
rm "$1/filler" "$1/others"
echo "SELECT text FROM kept" | use "$@"
"""
ALONE = ["unshare", "--mount", "sh", "-c"]  # mounts of this process only, which takes root

if US == "root" and subprocess.run([*ALONE, "mount -t tmpfs tmpfs /mnt"], check=False).returncode == 0:

    def test_a_disk_that_fills_up_refuses_and_loses_nothing(tmp_path: Path) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        done = subprocess.run(
            [*ALONE, SMALL_DISK, "sh", str(tmp_path), sys.executable],
            cwd=PROJECT,
            env=environment,
            check=False,
            stdout=subprocess.PIPE,
            text=True,
        )
        saved, too_much, no_start, after = map(json.loads, done.stdout.splitlines())
        assert saved == {"rows": []}
        # one write too many, or the server's own log: then it ends
        assert too_much["type"] == "OperationalError"
        assert "Make room and start again" in no_start["error"]
        assert after == {"rows": [["saved"]]}
