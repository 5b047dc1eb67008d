"""A small landscape that the tests of applications tell their rules in."""

from dataclasses import dataclass

from applications.models import Application
from applications.services import create_application
from infrastructure.models import Environment
from roles.levels import RoleLevel
from roles.models import Level, Role
from teams.models import Team
from tests.factories import SYSTEM, administrator, environment, person, role, team
from users.models import User


@dataclass(frozen=True)
class Landscape:
    """Two environments, a team with an application, and people of every sort."""

    development: Environment
    production: Environment
    payments: Team
    shop: Application
    administrator: User
    developer: User  # changes, deploys and creates in Development, lists in Production
    lister: User  # lists everywhere
    outsider: User  # may log in, and sees no application
    manager: User  # manages all teams and application roles, lists everywhere
    lead: User  # manages the team Payments, and changes and deploys its applications in Development
    steward: User  # manages the roles of the application Shop alone, and lists it in Development


def landscape() -> Landscape:
    """Make it, through the services."""
    development, production = environment("Development"), environment("Production")
    entering = role("Entering", {development: Level.ACCESS})
    listing = role("Listing", {development: Level.LIST, production: Level.LIST})
    lead = person("lena.lead", entering)
    leading = role("Leading", {development: Level.CHANGE_AND_DEPLOY}, manage_teams=True)
    payments = team("Payments", {lead: leading})
    shop = create_application(by=SYSTEM, name="Shop", environment=development, team=payments)
    steward = person("stu.steward", entering)
    _give(shop, steward, role("Stewarding", {development: Level.LIST}, manage_teams=True))
    creating = RoleLevel(Level.CHANGE_AND_DEPLOY, create_applications=True)
    return Landscape(
        development=development,
        production=production,
        payments=payments,
        shop=shop,
        administrator=administrator(),
        developer=person("dev.ops", role("Developing", {development: creating, production: Level.LIST})),
        lister=person("lis.ter", listing),
        outsider=person("out.sider", entering),
        manager=person(
            "man.ager",
            role("Managing", {development: Level.LIST, production: Level.LIST}, manage_teams=True),
        ),
        lead=lead,
        steward=steward,
    )


def _give(application: Application, user: User, held: Role) -> None:
    from applications.services import grant_role

    grant_role(application, by=SYSTEM, user=user, role=held)
