"""The landscape with the people who run it: for operations that need more than applications and plans.

Finance looks after Ledger; the lead manages it. Ana is nobody special. Bea is in Finance, and has a role for Portal.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from applications.models import Version
from applications.services import grant_role, put_in_team, tag_version
from roles.levels import RoleLevel
from roles.models import Level, Role
from teams.models import Team
from tests.api.landscape import Caller, Landscape, caller, plan_body, saved_plan
from tests.api.operations import Operation
from tests.factories import SYSTEM, person, role, service_account, team
from users.models import SignInAttempts, User
from users.services import issue_token


@dataclass
class Organisation:
    landscape: Landscape
    plan: str
    finance: Team
    spare: Role
    ana: User
    bea: User
    portal_1_2: Version

    @property
    def callers(self) -> dict[str, Caller]:
        return self.landscape.callers

    @property
    def manager(self) -> Caller:
        """May do everything, by a role that is not the built-in one."""
        return self.callers["manager"]

    @property
    def lead(self) -> Caller:
        """Lists applications, and manages the team Finance."""
        return self.callers["lead"]

    def filled(self, path: str) -> str:
        """Put keys for names into a path."""
        return path.format(**{name: key for name, key in self.keys.items() if f"{{{name}}}" in path})

    @property
    def keys(self) -> dict[str, str]:
        places = ("development", "qa", "production", "portal", "ledger", "portal_1_0", "portal_1_1")
        things = {name: getattr(self.landscape, name) for name in places}
        own = {name: getattr(self, name) for name in ("finance", "spare", "ana", "bea", "portal_1_2")}
        return {"plan": self.plan, **{name: str(thing.pk) for name, thing in {**things, **own}.items()}}

    def body(self, sent: Any) -> Any:
        """Put keys for names into a body."""
        if sent == "plan":
            return plan_body(self.landscape)
        if isinstance(sent, dict):
            return {name: self.body(inner) for name, inner in sent.items()}
        if isinstance(sent, list):
            return [self.body(inner) for inner in sent]
        return self.filled(sent) if isinstance(sent, str) else sent

    def perform(self, caller: Caller, operation: Operation) -> Any:
        return caller.call(operation.method, self.filled(operation.path), self.body(operation.body))


def organise(landscape: Landscape) -> Organisation:
    """Make it, as System, through the services."""
    everything = RoleLevel(Level.FULL_CONTROL, create_applications=True, add_system_dependencies=True)
    places = (landscape.development, landscape.qa, landscape.production)
    managing = role("Manages", dict.fromkeys(places, everything), manage_infrastructure=True)
    lister = {landscape.development: Level.LIST, landscape.qa: Level.LIST}
    leading = role("Leads", {landscape.development: Level.CHANGE_AND_DEPLOY}, manage_teams=True)
    spare = role("Spare", {landscape.development: Level.LIST})
    ana, bea = person("ana.lopes", spare), person("bea.stone", spare)
    landscape.callers["lead"] = lead = caller("lead", lister)
    assert lead.account is not None
    finance = team("Finance", {lead.account: leading, bea: spare})
    put_in_team(landscape.ledger, by=SYSTEM, team=finance)
    grant_role(landscape.portal, by=SYSTEM, user=bea, role=spare)
    account = service_account("manager", managing)
    landscape.callers["manager"] = Caller(issue_token(account, by=SYSTEM)[1], account)
    portal_1_2, _ = (
        tag_version(landscape.portal, by=SYSTEM, environment=landscape.development, number=number)
        for number in ("1.2", "1.3")
    )
    successor = role("Successor", {landscape.development: Level.LIST})
    return Organisation(landscape, saved_plan(landscape), finance, successor, ana, bea, portal_1_2)


def block_sign_ins(user: User) -> None:
    """As if somebody had just guessed the user's password until the user and the address were blocked."""
    now = timezone.now()
    for whose, count in (("", 20), (str(user.pk), 6)):
        failures = [now - timedelta(seconds=seconds) for seconds in range(count, 0, -1)]
        row = {"latest_at": now, "user_agent": "Guesser/1.0"}
        SignInAttempts.objects.create(address="192.0.2.7", whose=whose, failures=failures, **row)
