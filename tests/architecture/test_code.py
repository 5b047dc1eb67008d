"""The rules of the house that no linter knows, held against the source."""

import ast
from pathlib import Path

import pytest

from tests.architecture.sources import DOMAIN, PACKAGES, PROJECT, calls, files, functions, name

LONGEST = 300
LONGEST_TEST = 330  # a table of cases may be a little longer than code

# Where domain rows are written: services, and the modules into which services that would be too long are split.
WRITERS = {
    "users/tokens.py": "services of tokens",
    "users/sign_in.py": "services of signing in",
    "users/lockout.py": "counts of failed attempts, which are no domain rows",
    "users/sessions.py": "browser sessions, which are no domain rows",
    "users/previews.py": "what is written there is rehearsed and undone",
    "applications/previews.py": "what is written there is rehearsed and undone",
    "teams/previews.py": "what is written there is rehearsed and undone",
    "roles/levels.py": "part of the services of roles",
    "deployments/operations.py": "part of the services of plans: the rows of a plan's options",
    "deployments/force.py": "a service: ending a plan whose worker is gone",
    "deployments/execution.py": "services that the worker calls: the steps of a running plan",
    "deployments/log.py": "the running plan's log, which is only ever added to",
}
WRITES = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "delete",
    "get_or_create",
    "update_or_create",
    "update",
}

# A step owns its transaction; a refusal inside somebody else's could be undone with it.
TRANSACTIONS = {
    "audit/activity/step.py": "the step's own",
    "audit/activity/message.py": "the refusal's own",
    "audit/views.py": "reads only: a server-side cursor lives in a transaction",
    "audit/api/exports.py": "reads only: a server-side cursor lives in a transaction",
    "roles/effects.py": "reads only: what is rehearsed in it is undone",
    "users/sign_in.py": "a session begins with its event or not at all",
    "users/lockout.py": "holds the counts of failed attempts while it looks at them",
    "users/sessions.py": "sessions end with their event or not at all",
    "users/tokens.py": "notes a use, which is no change, without waiting for anybody",
    "auditconsole/management/commands/create_administrator.py": "by System, who is never refused",
    "auditconsole/landscape/clock.py": "the demo's year of history",
}
# The demo's year of history, by a login that owns the table and says so.
RECORD_WRITERS = {"audit/record.py", "auditconsole/landscape/clock.py"}


@pytest.mark.parametrize("path", files(*PACKAGES, "tests", "benchmarks"), ids=name)
def test_a_file_is_an_answer(path: Path) -> None:
    longest = LONGEST_TEST if name(path).startswith("tests/") else LONGEST
    assert len(path.read_text().splitlines()) <= longest, "a file that long is two"
    assert path.stem not in {"utils", "helpers", "common", "misc", "util", "helper"}, (
        "name it for what it holds"
    )


# Services that ask and do nothing, and the shape of a registration step.
ASKING = {"give_levels", "grantable_roles", "in_the_way", "person", "person_or_none"}


@pytest.mark.parametrize("path", files(*DOMAIN, "audit"), ids=name)
def test_who_acts_is_a_named_argument_without_default(path: Path) -> None:
    for function in functions(path):
        named = dict(
            zip((one.arg for one in function.args.kwonlyargs), function.args.kw_defaults, strict=True)
        )
        assert named.get("by") is None, f"{function.name}: `by` has a default"
        if is_writer(path) and not function.name.startswith("_") and function.name not in ASKING:
            by_position = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
            assert "by" not in by_position, f"{function.name}: `by` must be keyword-only"


def is_writer(path: Path) -> bool:
    """Say whether the module holds services."""
    return name(path) in WRITERS or "services" in path.relative_to(PROJECT).with_suffix("").parts


@pytest.mark.parametrize("path", files(*DOMAIN), ids=name)
def test_domain_rows_are_written_in_services_only(path: Path) -> None:
    if is_writer(path):
        return
    found = [f"{name(path)}:{call.lineno}" for call in calls(path) if is_write(call)]
    assert found == []


def is_write(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
        return False
    if call.func.attr == "update":  # of a dictionary it takes a mapping, of a query only names
        return bool(call.keywords) and not call.args
    return True


@pytest.mark.parametrize("path", files(*PACKAGES), ids=name)
def test_transactions_are_steps(path: Path) -> None:
    uses = [node for node in calls(path) if getattr(node.func, "attr", "") == "atomic"]
    assert not uses or name(path) in TRANSACTIONS


@pytest.mark.parametrize("path", files(*PACKAGES), ids=name)
def test_nobody_but_the_record_writes_the_record(path: Path) -> None:
    text = path.read_text().lower()
    if name(path) in RECORD_WRITERS:
        return
    for table in ("audit_event", "audit_subject"):
        for verb in ("insert into", "update", "delete from", "truncate", "merge into", "copy"):
            assert f"{verb} {table}" not in text
    for model in ("event.objects", "eventsubject.objects"):
        for write in (".create(", ".bulk_create(", ".update(", ".delete("):
            assert not any(model in line and write in line for line in text.splitlines())


@pytest.mark.parametrize("path", files(*DOMAIN), ids=name)
def test_nobody_listens_to_model_signals(path: Path) -> None:
    assert "django.db.models.signals" not in path.read_text()


def test_the_exceptions_still_exist() -> None:
    listed = {*WRITERS, *TRANSACTIONS, *RECORD_WRITERS}
    assert [path for path in sorted(listed) if not (PROJECT / path).exists()] == []
