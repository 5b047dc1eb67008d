"""The embedded server, with real processes, as root and as an ordinary account."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditconsole.database import database
from auditconsole.database.account import Account
from tests.auditconsole.embedded import ACCOUNTS, Project, project_in, soon


@pytest.fixture(params=ACCOUNTS)
def project(request: pytest.FixtureRequest) -> Iterator[Project]:
    with (
        tempfile.TemporaryDirectory(prefix="console") as base,
        project_in(Path(base), request.param) as project,
    ):
        yield project


def test_the_first_connection_brings_the_server_up_and_the_last_user_takes_it_down(project: Project) -> None:
    user = project.user()
    [[version, name]] = user.rows("SELECT current_setting('server_version_num')::int, current_database()")
    assert version >= 150000
    assert name == "auditconsole"
    user.end()
    assert project.stops()


def test_reading_the_settings_starts_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert database(tmp_path)["NAME"] == "auditconsole"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("name", ["long" * 50, 'it\'s a "folder", with ünusual $names; & more'])
def test_it_works_in_a_folder_with_a_long_or_an_odd_path(name: str, account: str) -> None:
    with tempfile.TemporaryDirectory(prefix="console") as base:
        os.chmod(base, 0o755)  # noqa: S103  (so that `nobody` reaches the folder in it)
        folder = Path(base) / name
        folder.mkdir()
        with project_in(folder, account) as project:
            assert project.user().rows("SELECT 1") == [[1]]
            assert project.server.sockets.parent != project.server.folder
            assert project.server.sockets.stat().st_mode & 0o077 == 0


def test_nobody_else_enters_its_data_or_its_socket(project: Project) -> None:
    project.user().rows("SELECT 1")
    for folder in (project.server.data, project.server.sockets):
        assert folder.stat().st_mode & 0o077 == 0


def test_two_processes_share_it_and_either_may_go_first(project: Project) -> None:
    first, second = project.user(), project.user()
    started = "SELECT pg_postmaster_start_time()"
    assert first.rows(started) == second.rows(started)
    before = second.rows(started)
    first.end()
    time.sleep(1)
    assert second.rows(started) == before
    second.end()
    assert project.stops()


def test_many_first_users_at_once_get_one_server(project: Project) -> None:
    users = [project.user() for _ in range(6)]
    for user in users:
        assert user.process.stdin is not None
        user.process.stdin.write("SELECT pg_postmaster_start_time()\n")
        user.process.stdin.flush()
    answers = {user.process.stdout.readline() for user in users if user.process.stdout}
    assert len(answers) == 1
    assert "rows" in answers.pop()


def test_a_killed_user_does_not_keep_the_server_running(project: Project) -> None:
    user = project.user()
    user.rows("SELECT 1")
    user.end(kill=True)
    assert project.stops()


def test_what_was_saved_survives_the_kill_of_a_user_in_the_middle_of_a_transaction(project: Project) -> None:
    user = project.user()
    user.rows("CREATE TABLE kept AS SELECT 'saved' AS text")
    user.rows("BEGIN")
    user.rows("INSERT INTO kept VALUES ('not committed')")
    user.end(kill=True)
    assert project.user().rows("SELECT text FROM kept") == [["saved"]]


def test_a_killed_server_comes_up_again_under_its_users_and_nothing_is_lost(project: Project) -> None:
    user = project.user()
    user.rows("CREATE TABLE kept AS SELECT 'saved' AS text")
    killed = project.server.pid()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert soon(lambda: project.server.pid() not in (None, killed))
    # What was under way is lost with the connection; the next question finds the new server.
    assert soon(lambda: user.ask("SELECT text FROM kept").get("rows") == [["saved"]])


def test_with_server_and_keeper_killed_the_next_start_recovers(project: Project) -> None:
    user = project.user()
    user.rows("CREATE TABLE kept AS SELECT 'saved' AS text")
    pid = project.server.pid()
    assert pid is not None
    os.kill(project.keeper(), signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)
    user.end(kill=True)
    assert project.user().rows("SELECT text FROM kept") == [["saved"]]


def test_a_server_whose_keeper_was_killed_gets_a_new_one(project: Project) -> None:
    user = project.user()
    started = user.rows("SELECT pg_postmaster_start_time()")
    os.kill(project.keeper(), signal.SIGKILL)
    other = project.user()
    assert other.rows("SELECT pg_postmaster_start_time()") == started
    user.end()
    other.end()
    assert project.stops()


def test_an_installation_that_was_killed_half_way_is_begun_anew(project: Project) -> None:
    project.user().rows("SELECT 1")
    project.stack.close()
    assert project.stops()
    project.server.data.rename(project.server.folder / "data.new")
    (project.server.folder / "data.new" / "PG_VERSION").unlink()
    assert project.user().rows("SELECT 1") == [[1]]


def test_a_folder_that_was_moved_away_takes_its_server_along(project: Project) -> None:
    user = project.user()
    user.rows("CREATE TABLE gone AS SELECT 1")
    killed = project.server.pid()
    project.server.folder.rename(project.folder / "away")
    assert project.user().rows("SELECT to_regclass('gone')") == [[None]]
    assert project.server.pid() != killed


def test_programs_that_a_strict_umask_kept_to_root_are_opened_for_reading(tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    for name, mode in (("bin/postgres", 0o700), ("lib/libpq.so", 0o600)):
        path = programs / name
        path.parent.mkdir(parents=True, mode=0o700)
        path.touch()
        path.chmod(mode)
    programs.chmod(0o700)
    Account(uid=os.geteuid() + 1, gid=os.getegid()).let_read(programs)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (programs, *programs.rglob("*"))}
    assert modes["postgres"] == 0o705
    assert modes["libpq.so"] == 0o604
    assert all(modes[folder] & 0o005 == 0o005 for folder in ("programs", "bin", "lib"))
