"""The command runner with real programs: good ones, failing ones, hanging ones, and ones that print garbage."""

import os
import signal
import time
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection

from deployments import programs, services
from deployments.log import PlanLog
from deployments.models import Plan, PlanLogEntry
from deployments.services import Operation
from infrastructure.services import enable_maintenance
from tests.deployments.conftest import Program
from tests.deployments.landscape import Landscape, events, running, said, states, status, work
from tests.factories import SYSTEM

TELL = """
import os, sys, json
print(json.dumps(sys.argv[1:]))
print(json.dumps(dict(os.environ)))
"""
HANG = """
import subprocess, sys, time
child = subprocess.Popen(["sleep", "120"])
print("child", child.pid, flush=True)
time.sleep(120)
"""


def test_a_program_deploys_each_application(committed: Landscape, program: Program) -> None:
    program("deploy", "import sys; print('doing', *sys.argv[1:])")
    committed.use_program("deploy")
    plan = committed.started([committed.deploy(committed.crm), committed.deploy(committed.portal)])
    work()
    assert status(plan) == Plan.Status.SUCCESSFUL
    assert running(committed.qa) == {"CRM": "1.3", "Portal": "1.2"}
    assert "doing CRM 1.3 Development QA deploy" in said(plan)


def test_two_stages_call_the_program_for_each(committed: Landscape, program: Program) -> None:
    program("deploy", "import sys; print('stage', sys.argv[5])")
    committed.use_program("deploy")
    plan = committed.started([committed.deploy(committed.crm)], target=committed.production)
    work()
    plan.refresh_from_db()
    services.continue_plan(plan, by=committed.ada)
    work()
    assert [line for line in said(plan).splitlines() if "stage" in line] == ["stage prepare", "stage deploy"]


def test_a_program_is_told_keys_and_none_of_our_secrets(
    land: Landscape, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    for secret in ("DATABASE_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "PGPASSWORD"):
        monkeypatch.setenv(secret, f"{secret} of ours")
    program("tell", TELL)
    land.use_program("tell")
    plan = land.started([Operation(land.crm, "tag_and_deploy", new_number="1.9")])
    work()
    text = said(plan)
    assert '["CRM", "1.9", "Development", "QA", "deploy"]' in text
    for key in (plan.pk, land.crm.pk, land.development.pk, land.qa.pk):
        assert str(key) in text
    assert "of ours" not in text
    assert '"DEPLOY_' in text


def test_names_are_arguments_and_never_a_command_line(land: Landscape, program: Program) -> None:
    program("deploy", "#!/bin/sh\nprintf '%s|' \"$@\"\n")
    land.use_program("deploy")
    land.crm.name = "$(touch /tmp/pwned); `id` --help"
    land.crm.save()
    plan = land.started([land.deploy(land.crm)])
    work()
    assert "$(touch /tmp/pwned); `id` --help|1.3|Development|QA|deploy|" in said(plan)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("raise SystemExit(3)", "the program ended with status 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "the program was ended by SIGSEGV"),
        ("import os; os.kill(os.getpid(), 40)", "the program was ended by signal 40"),
        ("#!/no/such/interpreter\n", "the program cannot be started: No such file or directory"),
        ("#!no interpreter at all", "the program cannot be started: No such file or directory"),
    ],
)
def test_a_failing_program_ends_the_plan_with_errors_and_leaves_the_rest(
    committed: Landscape, program: Program, source: str, problem: str
) -> None:
    program("deploy", source)
    committed.use_program("deploy")
    plan = committed.started()
    work()
    assert status(plan) == Plan.Status.WITH_ERRORS
    assert states(plan) == {"CRM": "failed", "Directory": "pending", "Portal": "pending"}
    assert running(committed.qa) == {}
    failed = f"Deploy of application 'CRM' in environment 'QA' failed (deployment plan '{plan}'): {problem}"
    assert events("application_failed") == [("System", failed)]
    ended = f"Deployment plan {plan} finished with errors: 'CRM' was not deployed"
    assert events("finished_with_errors") == [("System", ended)]


def test_a_program_that_was_taken_away_fails(land: Landscape, program: Program) -> None:
    path = program("deploy", "")
    land.use_program("deploy")
    plan = land.started()
    path.unlink()
    work()
    assert status(plan) == Plan.Status.WITH_ERRORS
    assert "'deploy' is not among the server's runner programs" in said(plan)


def test_a_hanging_program_is_ended_with_its_children(
    land: Landscape, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "GRACE", 0.5)
    program("deploy", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + HANG)
    land.use_program("deploy", timeout=1)
    plan = land.started([land.deploy(land.crm)])
    began = time.monotonic()
    work()
    assert time.monotonic() - began < 20
    assert status(plan) == Plan.Status.WITH_ERRORS
    assert "the program took longer than 1 seconds and was ended" in said(plan)
    [child] = [int(line.split()[1]) for line in said(plan).splitlines() if line.startswith("child")]
    assert_gone(child)


def test_abort_ends_the_program_in_the_middle(committed: Landscape, program: Program) -> None:
    program("deploy", HANG)
    committed.use_program("deploy")
    plan = committed.started()
    worker = in_background()
    wait_for(lambda: "child" in said(plan))
    services.abort_plan(Plan.objects.get(pk=plan.pk), by=committed.ada)
    worker.join(20)
    assert not worker.is_alive()
    assert status(plan) == Plan.Status.ABORTED
    assert states(plan) == {"CRM": "failed", "Directory": "pending", "Portal": "pending"}
    assert running(committed.qa) == {}
    [(_, failed)] = events("application_failed")
    assert failed.endswith("the plan was stopped and the program ended")
    assert events("stopped") == [("System", f"Stopped deployment plan {plan} after 0 of 3 applications")]


def test_maintenance_ends_the_program_in_the_middle(committed: Landscape, program: Program) -> None:
    program("deploy", HANG)
    committed.use_program("deploy")
    plan = committed.started()
    worker = in_background()
    wait_for(lambda: "child" in said(plan))
    enable_maintenance(committed.qa, by=SYSTEM, reason="New disks")
    worker.join(20)
    assert not worker.is_alive()
    assert running(committed.qa) == {}
    assert status(plan) == Plan.Status.ABORTED


def test_garbage_becomes_text_and_a_flood_is_cut(land: Landscape, program: Program) -> None:
    program(
        "deploy",
        r"""
import sys
out = sys.stdout.buffer
out.write(b"a\0b\xff\xfe\r\n" + b"x" * 9000 + b"\n" + b"\n" + b"warning: disk almost full\n")
out.write(b"line\n" * 5000)
out.write("né".encode() + b" without an end")
""",
    )
    land.use_program("deploy")
    plan = land.started([land.deploy(land.crm)])
    work()
    assert status(plan) == Plan.Status.WITH_WARNINGS
    kept = list(PlanLogEntry.objects.filter(plan=plan).order_by("pk").values_list("type", "message"))
    assert ("Info", "ab\ufffd\ufffd") in kept
    assert max(len(message) for _, message in kept) == programs.LINE_LIMIT
    assert sum(message.count("x") for _, message in kept if set(message) == {"x"}) == 9000
    assert ("Warning", "warning: disk almost full") in kept
    assert ("Warning", f"What follows the first {programs.LINES_LIMIT} lines is not kept.") in kept
    assert len(kept) < programs.LINES_LIMIT + 10


def test_the_last_line_needs_no_end_and_closed_output_no_reader(land: Landscape, program: Program) -> None:
    program(
        "deploy", "import os, time\nos.write(1, 'né'.encode())\nos.close(1); os.close(2)\ntime.sleep(0.7)\n"
    )
    land.use_program("deploy")
    plan = land.started([land.deploy(land.crm)])
    work()
    assert status(plan) == Plan.Status.SUCCESSFUL
    assert "né" in said(plan).splitlines()


def test_a_child_that_keeps_the_output_open_holds_nobody_up(land: Landscape, program: Program) -> None:
    program("deploy", "#!/bin/sh\nsleep 120 &\necho child $!\n")
    land.use_program("deploy")
    plan = land.started([land.deploy(land.crm)])
    began = time.monotonic()
    work()
    assert time.monotonic() - began < 20
    assert status(plan) == Plan.Status.SUCCESSFUL
    [child] = [int(line.split()[1]) for line in said(plan).splitlines() if line.startswith("child")]
    assert_gone(child)


def test_the_program_is_kept_from_the_launch_on(land: Landscape, program: Program) -> None:
    program("first", "print('first')")
    program("second", "print('second')")
    land.use_program("first")
    plan = land.started([land.deploy(land.crm)])
    land.use_program("second")
    work()
    assert "first" in said(plan)
    assert "second" not in said(plan)


def test_a_log_entry_keeps_no_nul(land: Landscape) -> None:
    plan = land.plan()
    PlanLog(plan).write("a\0b")
    assert said(plan) == "ab"


def in_background() -> Thread:
    """A worker's round in a thread with a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def wait_for(condition: object, seconds: float = 20) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def assert_gone(pid: int) -> None:
    """The process ends (a zombie has ended)."""

    def gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()

    try:
        wait_for(gone, 5)
    finally:
        if not gone():
            os.kill(pid, signal.SIGKILL)
