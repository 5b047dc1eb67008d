"""Workers in processes of their own: killed anywhere, several at once, told to stop, and without their database."""

import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from applications.services import tag_version
from audit.models import Event
from deployments import services
from deployments.models import Plan
from tests.databases import address
from tests.deployments.conftest import Program
from tests.deployments.landscape import Landscape, events, running, said, states, status
from tests.factories import SYSTEM, application
from tests.live import LiveConsole

PATIENCE = 60
SLOW = "import sys, time; print('running', sys.argv[1], flush=True); time.sleep(1.5)"


@pytest.fixture
def console(committed: Landscape, tmp_path: Path) -> Iterator[LiveConsole]:
    """Starts workers on the committed landscape."""
    console = LiveConsole(address(connection.settings_dict["NAME"]), tmp_path)
    try:
        yield console
    finally:
        console.stop()


def until(condition: Callable[[], bool], console: LiveConsole) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            logs = "\n".join(log.read_text() for log in console.logs.glob("worker*.log"))
            raise AssertionError(f"It did not happen; the workers said:\n{logs}")
        time.sleep(0.03)


def ended(plan: Plan, console: LiveConsole) -> str:
    """Wait for the end of a plan; return which one it was."""
    until(lambda: Plan.objects.get(pk=plan.pk).finished_at is not None, console)
    return status(plan)


def kill(worker: "subprocess.Popen[bytes]") -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait(PATIENCE)


def times(activity: str) -> Counter[str]:
    return Counter(sentence for _, sentence in events(activity))


def many(land: Landscape, number: int = 12) -> Plan:
    """A launched plan with that many applications."""
    for i in range(number):
        app = application(f"App {i:02}", land.development)
        land.versions[app.pk] = tag_version(app, by=SYSTEM, environment=land.development, number="1.0")
    return land.started([land.deploy(version.application) for version in land.versions.values()])


def test_a_worker_carries_out_a_plan_and_ends_when_told(committed: Landscape, console: LiveConsole) -> None:
    worker = console.start_worker()
    plan = committed.started()
    assert ended(plan, console) == Plan.Status.SUCCESSFUL
    worker.terminate()
    assert worker.wait(PATIENCE) == 0
    assert "Worker stopped." in next(console.logs.glob("worker*.log")).read_text()


@contextmanager
def frozen(statement: str) -> Iterator[Callable[[], bool]]:
    """Hold a lock that stops a worker at a certain statement; yield the question whether somebody waits for it."""
    with psycopg.connect(address(connection.settings_dict["NAME"])) as other:
        other.execute(statement)

        def somebody_waits() -> bool:
            # what a transaction once saw of pg_stat_activity it sees for ever, also without whoever came later
            other.execute("SELECT pg_stat_clear_snapshot()")
            waiting = other.execute(
                "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
            )
            return waiting.fetchone() is not None

        yield somebody_waits
        other.rollback()


BEFORE_IT_BEGINS = "SELECT 1 FROM deployments_plan FOR UPDATE"
WHILE_IT_BEGINS = "LOCK TABLE deployments_planlogentry IN SHARE MODE"
BEFORE_IT_IS_DONE = "LOCK TABLE applications_environmentstatus IN SHARE MODE"
WHILE_IT_IS_RECORDED = "LOCK TABLE audit_event IN SHARE MODE"


@pytest.mark.parametrize(
    "where", [BEFORE_IT_BEGINS, WHILE_IT_BEGINS, BEFORE_IT_IS_DONE, WHILE_IT_IS_RECORDED]
)
def test_a_killed_worker_is_continued_by_another_as_if_nothing_had_been(
    committed: Landscape, console: LiveConsole, where: str
) -> None:
    plan = committed.started()
    killed_at(where, console)
    console.start_worker()
    assert ended(plan, console) == Plan.Status.SUCCESSFUL
    assert running(committed.qa) == {"CRM": "1.3", "Directory": "1.4", "Portal": "1.2"}
    assert_each_once("deploy_started", "application_deployed", "completed")


def test_both_stages_survive_a_kill(committed: Landscape, console: LiveConsole) -> None:
    plan = committed.started(target=committed.production)
    killed_at(WHILE_IT_IS_RECORDED, console)
    console.start_worker()
    until(lambda: status(plan) == Plan.Status.WAITING, console)
    console.stop()
    services.continue_plan(Plan.objects.get(pk=plan.pk), by=committed.ada)
    killed_at(BEFORE_IT_IS_DONE, console)
    console.start_worker()
    assert ended(plan, console) == Plan.Status.SUCCESSFUL
    assert running(committed.production) == {"CRM": "1.3", "Directory": "1.4", "Portal": "1.2"}
    assert_each_once("preparation_started", "application_prepared", "prepared")
    assert_each_once("deploy_started", "application_deployed", "completed")


def killed_at(statement: str, console: LiveConsole) -> None:
    """Start a worker and kill it where it waits for what the statement locks."""
    with frozen(statement) as somebody_waits:
        worker = console.start_worker()
        until(somebody_waits, console)
        kill(worker)


def assert_each_once(*activities: str) -> None:
    """Each application of three, and the plan, was told of once."""
    for activity in activities:
        assert set(times(activity).values()) == {1}
        assert len(times(activity)) == (3 if activity.startswith(("deploy", "appl", "prepara")) else 1)


def test_kills_at_any_moment_lose_and_repeat_nothing(committed: Landscape, console: LiveConsole) -> None:
    plan = many(committed)
    moments = random.Random(2)  # noqa: S311  (moments, not secrets)
    for _ in range(6):
        told = len(events())
        worker = console.start_worker()
        until(partial(moved_on, plan, told), console)
        time.sleep(moments.random() * 0.05)
        kill(worker)
    console.start_worker()
    assert ended(plan, console) == Plan.Status.SUCCESSFUL
    for activity in ("deploy_started", "application_deployed"):
        assert set(times(activity).values()) == {1}
        assert len(times(activity)) == 15
    assert Event.objects.filter(activity="applications.application.deployed").count() == 15
    assert len(running(committed.qa)) == 15


def moved_on(plan: Plan, told: int) -> bool:
    return len(events()) > told or status(plan) != Plan.Status.RUNNING


def test_what_a_program_did_before_a_kill_is_not_guessed(
    committed: Landscape, program: Program, console: LiveConsole
) -> None:
    program("deploy", SLOW.replace("1.5", "60"))
    committed.use_program("deploy")
    console.environment["RUNNER_PROGRAMS"] = str(console.logs / "programs")
    plan = committed.started()
    worker = console.start_worker()
    until(lambda: "running CRM" in said(plan), console)
    kill(worker)
    console.start_worker()
    assert ended(plan, console) == Plan.Status.WITH_ERRORS
    assert states(plan) == {"CRM": "failed", "Directory": "pending", "Portal": "pending"}
    [(_, failed)] = events("application_failed")
    assert failed.endswith("the worker was interrupted while the program ran, so its outcome is not known")
    assert said(plan).count("running") == 1
    assert running(committed.qa) == {}


def test_an_abort_after_a_kill_is_carried_out_by_the_next_worker(
    committed: Landscape, console: LiveConsole
) -> None:
    plan = committed.started()
    killed_at(BEFORE_IT_IS_DONE, console)
    services.abort_plan(Plan.objects.get(pk=plan.pk), by=committed.ada)
    console.start_worker()
    assert ended(plan, console) == Plan.Status.ABORTED
    assert states(plan) == {"CRM": "failed", "Directory": "pending", "Portal": "pending"}
    assert running(committed.qa) == {}


def test_several_workers_carry_out_each_plan_once(
    committed: Landscape, program: Program, console: LiveConsole
) -> None:
    program("deploy", SLOW)
    committed.use_program("deploy")
    console.environment["RUNNER_PROGRAMS"] = str(console.logs / "programs")
    one = committed.started([committed.deploy(committed.crm), committed.deploy(committed.portal)])
    other = committed.started([committed.deploy(committed.directory)])
    for _ in range(3):
        console.start_worker()
    assert {ended(one, console), ended(other, console)} == {Plan.Status.SUCCESSFUL}
    printed = [line for line in (said(one) + "\n" + said(other)).splitlines() if line.startswith("running")]
    assert sorted(printed) == ["running CRM", "running Directory", "running Portal"]
    first_to_end = Plan.objects.earliest("finished_at")
    assert first_to_end == other, "the second plan did not wait for the first"


def test_a_worker_told_to_stop_finishes_the_application_at_hand(
    committed: Landscape, program: Program, console: LiveConsole
) -> None:
    program("deploy", SLOW)
    committed.use_program("deploy")
    console.environment["RUNNER_PROGRAMS"] = str(console.logs / "programs")
    plan = committed.started()
    worker = console.start_worker()
    until(lambda: "running CRM" in said(plan), console)
    worker.terminate()
    assert worker.wait(PATIENCE) == 0
    assert status(plan) == Plan.Status.RUNNING
    assert states(plan) == {"CRM": "done", "Directory": "pending", "Portal": "pending"}
    console.start_worker()
    assert ended(plan, console) == Plan.Status.SUCCESSFUL
    assert set(times("application_deployed").values()) == {1}


def test_a_worker_that_loses_its_connection_loses_its_claim_and_goes_on(
    committed: Landscape, program: Program, console: LiveConsole
) -> None:
    program("deploy", SLOW.replace("1.5", "60"))
    committed.use_program("deploy")
    console.environment["RUNNER_PROGRAMS"] = str(console.logs / "programs")
    plan = committed.started()
    worker = console.start_worker()
    until(lambda: "running CRM" in said(plan), console)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert ended(plan, console) == Plan.Status.WITH_ERRORS
    assert worker.poll() is None
    assert "The database fails, trying again" in next(console.logs.glob("worker*.log")).read_text()


def test_while_the_record_cannot_be_written_nothing_happens(
    committed: Landscape, console: LiveConsole
) -> None:
    plan = committed.started()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event RENAME TO audit_event_elsewhere")
    try:
        console.start_worker()
        log = next(console.logs.glob("worker*.log"))
        until(lambda: "The database fails, trying again" in log.read_text(), console)
        assert states(plan) == {"CRM": "pending", "Directory": "pending", "Portal": "pending"}
        assert running(committed.qa) == {}
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_event_elsewhere RENAME TO audit_event")
    assert ended(plan, console) == Plan.Status.SUCCESSFUL


REFUSING = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'out of order'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON applications_environmentstatus
FOR EACH ROW WHEN (NEW.application_id = '{}') EXECUTE FUNCTION refuse();
"""


def test_a_plan_that_fails_for_good_ends_and_keeps_no_other_waiting(
    committed: Landscape, console: LiveConsole
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(REFUSING.format(committed.crm.pk))
    broken = committed.started([committed.deploy(committed.crm)])
    good = committed.started([committed.deploy(committed.portal)])
    worker = console.start_worker()
    assert ended(good, console) == Plan.Status.SUCCESSFUL
    assert ended(broken, console) == Plan.Status.WITH_ERRORS
    assert states(broken) == {"CRM": "failed"}
    assert "an unexpected error of the console" in said(broken)
    assert worker.poll() is None
    assert "out of order" in next(console.logs.glob("worker*.log")).read_text()
