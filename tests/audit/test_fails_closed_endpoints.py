"""Fails closed: without the record, every address answers 503 to everybody, and nothing changes."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from audit.models import Event
from auditconsole import middleware
from tests.addresses import Address, addresses
from tests.audit.everything import Everything, build, dump
from tests.audit.test_fails_closed_services import without_the_record

METHODS = ("get", "post", "put", "patch", "delete")


def everywhere(it: Everything) -> list[Address]:
    """Every address, about a thing that belongs there."""
    belongs: list[tuple[str, Any]] = [
        ("infrastructure", it.qa),
        ("roles", it.tester),
        ("users", it.ana),
        ("users", it.bot),
        ("teams", it.team),
        ("applications", it.portal),
        ("deployments", it.plan),
        ("audit", it.tester),
        ("", it.qa),  # the API's addresses have no names
        ("", it.portal),
        ("", it.plan),
    ]
    event = Event.objects.latest("id").pk
    found = {}
    for namespace, thing in belongs:
        for address in addresses([thing.pk, event, "role", "1.0", "Portal"]):
            if address.name.rpartition(":")[0] == namespace:
                found[address.path] = address
    assert len({address.view for address in found.values()}) == len(
        {one.view for one in addresses([it.qa.pk, event, "x"])}
    )
    return list(found.values())


def callers(it: Everything) -> dict[str, Client]:
    """A browser in which an administrator is signed in, and a program with a token."""
    browser = Client(raise_request_exception=False)
    browser.force_login(it.ada)
    program = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {it.secret}"})
    return {"administrator": browser, "program": program}


def form(it: Everything) -> dict[str, Any]:
    """What a form might hold, in words that most of them accept."""
    return {
        "name": "New name",
        "username": "new.name",
        "description": "New",
        "reason": "why",
        "role": it.auditor.pk,
        "user": it.ben.pk,
        "team": it.team.pk,
        "environment": it.qa.pk,
        "number": "3.0",
        "notes": "New",
        "purpose": "Test",
        "password": "Another-Horse-Battery-7",
    }


def test_every_address_answers_503(committed_db: None, unhurried_sessions: None) -> None:
    it = build()
    clients, everything = callers(it), everywhere(it)
    before = dump()
    with without_the_record("audit_event"):
        for address in everything:
            for method in METHODS:
                for who, client in clients.items():
                    response = getattr(client, method)(address.path, form(it) if method == "post" else None)
                    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE, (who, method, address)
        assert dump() == before


@pytest.mark.parametrize("how", ["audit_subject", "revoked"])
def test_also_when_the_record_goes_after_it_was_asked_for(
    committed_db: None, unhurried_sessions: None, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = build()
    clients, everything = callers(it), everywhere(it)
    writable: Callable[[], bool] = lambda: True  # noqa: E731  (a moment ago it was)
    monkeypatch.setattr(middleware, "record_is_writable", writable)
    before = dump()
    with without_the_record(how):
        for address in everything:
            for who, client in clients.items():
                for response in (client.get(address.path), client.post(address.path, form(it))):
                    assert response.status_code != HTTPStatus.INTERNAL_SERVER_ERROR, (who, address)
                    response.close()  # a file, if its export could still be recorded
        assert dump() == before


def test_a_database_that_is_gone_answers_503(committed_db: None) -> None:
    it = build()
    client = callers(it)["administrator"]
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "no_such_database"
    try:
        assert client.get("/roles/").status_code == HTTPStatus.SERVICE_UNAVAILABLE
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name


@pytest.mark.parametrize("is_known", [True, False])
def test_a_server_that_is_only_read_answers_503(
    committed_db: None, is_known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a failover to one that follows; also if it became that a moment after the record was asked for."""
    it = build()
    clients = callers(it)
    if not is_known:
        monkeypatch.setattr(middleware, "record_is_writable", lambda: True)
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    read = ("/audit-logs/", "/api/v1/events", "/lifetimeapi/rest/v2/version")
    statuses = [clients["administrator"].get(path).status_code for path in read]
    statuses += [clients["program"].get(path).status_code for path in read[1:]]
    statuses += [Client(raise_request_exception=False).post("/sign-in/", form(it)).status_code]
    connection.close()
    assert statuses == [HTTPStatus.SERVICE_UNAVAILABLE] * 6
