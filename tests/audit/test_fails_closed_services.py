"""Fails closed: without the record, no service changes anything."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from importlib import import_module

import pytest
from django.db import connection, transaction

from audit.activity import RecordUnavailable
from tests.audit.everything import CALLS, DOMAIN, build, dump
from tests.audit.logins import another_login

# what a login needs to run the console, without the right to write the record
ALL_BUT_THE_RECORD = (
    "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public",
    "USAGE ON ALL SEQUENCES IN SCHEMA public",
)


def services() -> set[str]:
    """Every public function of the domain's services that somebody does (`by`)."""
    found = set()
    for app in DOMAIN:
        module = import_module(f"{app}.services")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__.startswith(f"{app}.") and not name.startswith("_"):
                by = inspect.signature(function).parameters.get("by")
                if by is not None and str(inspect.signature(function).return_annotation) != "NoReturn":
                    found.add(f"{app}.{name}")
    return found


@contextmanager
def without_the_record(how: str) -> Iterator[None]:
    """Take the record away: by renaming a table, or by acting as a login that may not add to it."""
    if how == "revoked":
        with another_login(*ALL_BUT_THE_RECORD) as login:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"REVOKE INSERT ON audit_event, audit_subject FROM {connection.ops.quote_name(login)}"
                )
            connection.close()
            before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
            connection.settings_dict.update({"USER": login, "PASSWORD": "another"})
            try:
                yield
            finally:
                connection.close()
                connection.settings_dict.update(before)
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {how} RENAME TO taken_away")
        yield


# questions and checks that are asked on behalf of somebody, and change nothing
NO_STEPS = {"infrastructure.in_the_way", "teams.grantable_roles"}


def test_every_service_is_called() -> None:
    assert services() - NO_STEPS == set(CALLS)


@pytest.mark.parametrize("how", ["audit_event", "audit_subject", "revoked"])
def test_without_the_record_no_service_changes_anything(committed_db: None, how: str) -> None:
    everything = build()
    for call in CALLS.values():  # each would do its work
        with transaction.atomic():
            call(deepcopy(everything))
            transaction.set_rollback(True)
    before = dump()
    with without_the_record(how):
        for name, call in CALLS.items():
            with pytest.raises(RecordUnavailable):
                call(deepcopy(everything))
            assert dump() == before, name
