"""The landscape that the API's tests tell of, and its callers.

Portal and Ledger begin in Development. Portal 1.0 runs in Quality Assurance too, and has a newer tag 1.1 in
Development. Ledger belongs to nobody's team and has never left Development.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from applications.models import Application, Version
from applications.services import deployed, tag_version
from audit.models import Event
from infrastructure.models import Environment
from roles.models import Level
from tests.factories import SYSTEM, application, environment, role, service_account
from users.models import User
from users.services import deactivate_user, issue_token

BASE = "/lifetimeapi/rest/v2"
NOTHING_HERE = {
    "Errors": ["There is nothing here, or nothing that you may see."],
    "StatusCode": 404,
}
REJECTED = {"Errors": ["Authentication failed."], "StatusCode": 403}


@dataclass
class Caller:
    """A client with a token (or without one), as a program calls: no cookie, no redirect followed."""

    token: str | None
    account: User | None = None
    client: Client = field(default_factory=Client)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Call a path below the base path; a body that is not text is written as JSON."""
        if self.token is not None:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        data = body if isinstance(body, str | bytes) else "" if body is None else json.dumps(body)
        return self.client.generic(
            method, f"{BASE}{path}", data=data, content_type="application/json", headers=headers
        )

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, body)

    def put(self, path: str, body: Any = None) -> Any:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Any:
        return self.call("DELETE", path)


@dataclass
class Landscape:
    development: Environment
    qa: Environment
    production: Environment
    portal: Application
    ledger: Application
    portal_1_0: Version
    portal_1_1: Version
    ledger_1_0: Version
    callers: dict[str, Caller]

    @property
    def deployer(self) -> Caller:
        """May change and deploy in Development and Quality Assurance; Production is unknown to it."""
        return self.callers["deployer"]

    @property
    def lister(self) -> Caller:
        """May list applications in Development and Quality Assurance, and do nothing else."""
        return self.callers["lister"]

    @property
    def stranger(self) -> Caller:
        """Has No Access anywhere."""
        return self.callers["stranger"]


def build() -> Landscape:
    """Make it, as System, through the services."""
    development = environment("Development", address="dev.example.com")
    qa, production = environment("Quality Assurance"), environment("Production")
    portal, ledger = application("Portal", development), application("Ledger", development)
    portal_1_0 = tag_version(portal, by=SYSTEM, environment=development, number="1.0", change_log="first")
    deployed(portal, by=SYSTEM, environment=qa, version=portal_1_0)
    portal_1_1 = tag_version(portal, by=SYSTEM, environment=development, number="1.1", change_log="second")
    ledger_1_0 = tag_version(ledger, by=SYSTEM, environment=development, number="1.0")
    deploy = {development: Level.CHANGE_AND_DEPLOY, qa: Level.CHANGE_AND_DEPLOY}
    callers = {
        "deployer": caller("deployer", deploy),
        "lister": caller("lister", {development: Level.LIST, qa: Level.LIST}),
        "stranger": caller("stranger", {}),
        "deactivated": deactivated(caller("deactivated", deploy)),
        "no token": Caller(None),
        "empty token": Caller(""),
        "unknown token": Caller("ac_00000000000000000000000000000000_unknown"),
    }
    return Landscape(development, qa, production, portal, ledger, portal_1_0, portal_1_1, ledger_1_0, callers)


def caller(username: str, levels: dict[Environment, Level]) -> Caller:
    """Make a service account with a role of its own and a token."""
    account = service_account(username, role(f"Role of {username}", levels))
    _, text = issue_token(account, by=SYSTEM)
    return Caller(text, account)


def deactivated(made: Caller) -> Caller:
    """Deactivate the account, whose token would still be good."""
    assert made.account is not None
    deactivate_user(made.account, by=SYSTEM)
    return made


def events(activity: str) -> list[Event]:
    """Return the events of an activity, oldest first."""
    return list(Event.objects.filter(activity=activity).order_by("id"))


def plan_body(landscape: Landscape) -> dict[str, Any]:
    """What a client sends to have Portal 1.1 deployed to Quality Assurance."""
    operation = {"ApplicationVersionKey": str(landscape.portal_1_1.key), "DeploymentZoneKey": ""}
    return {
        "Notes": "nightly",
        "SourceEnvironmentKey": str(landscape.development.key),
        "TargetEnvironmentKey": str(landscape.qa.key),
        "ApplicationOperations": [operation],
    }


def saved_plan(landscape: Landscape) -> str:
    """The key of a plan that the deployer made and saved."""
    key: str = landscape.deployer.post("/deployments", plan_body(landscape)).json()
    return key
