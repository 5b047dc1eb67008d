"""What a person may do, read off the tables of the permission model (lifetime.md, 1a to 1e and the decisions).

Written without looking at the implementation, and without the database: a world is plain dictionaries.

    world = {
        "roles": {"r0": {"levels": {"e0": 5}, "creates": {"e0"}, "manage_teams": True, "manage_infrastructure": False}},
        "people": {"p0": {"active": True, "default": "r0", "teams": {"t0": "r1"}, "applications": {"a0": "r2"}}},
        "applications": {"a0": {"team": "t0", "places": {"e0"}}},
        "plans": {"d0": {"source": "e0", "target": "e1", "applications": {"a0"}, "creator": "p0"}},
    }
"""

from typing import Any

World = dict[str, dict[str, dict[str, Any]]]

NO_ACCESS, ACCESS, LIST, MONITOR, OPEN, CHANGE_AND_DEPLOY, FULL_CONTROL = range(7)
ENVIRONMENTS = ("e0", "e1", "e2")

# The columns of table 1a: what a level is worth for an application, by how the role is held.
HELD_AS_DEFAULT = {
    NO_ACCESS: NO_ACCESS,
    ACCESS: ACCESS,
    LIST: LIST,
    MONITOR: MONITOR,
    OPEN: OPEN,
    CHANGE_AND_DEPLOY: CHANGE_AND_DEPLOY,
    FULL_CONTROL: FULL_CONTROL,
}
HELD_IN_TEAM = {**HELD_AS_DEFAULT, ACCESS: NO_ACCESS, FULL_CONTROL: CHANGE_AND_DEPLOY}
HELD_FOR_APPLICATION = {**HELD_AS_DEFAULT, ACCESS: NO_ACCESS, FULL_CONTROL: CHANGE_AND_DEPLOY}


def level(world: World, person: str, application: str, environment: str) -> int:
    """The level of a person for an application in an environment."""
    who = world["people"][person]
    if not who["active"]:
        return NO_ACCESS
    by_default = _level_of(world, who["default"], environment)
    if by_default == NO_ACCESS:  # cannot log in there: nothing else can be granted
        return NO_ACCESS
    if application in who["applications"]:
        return HELD_FOR_APPLICATION[_level_of(world, who["applications"][application], environment)]
    team = world["applications"][application]["team"]
    if team in who["teams"]:
        return HELD_IN_TEAM[_level_of(world, who["teams"][team], environment)]
    return HELD_AS_DEFAULT[by_default]


def at_least(
    world: World, person: str, wanted: int, environments: tuple[str, ...] = ENVIRONMENTS
) -> set[str]:
    """The applications for which the person has the level in one of the environments."""
    return {
        application
        for application in world["applications"]
        if any(level(world, person, application, environment) >= wanted for environment in environments)
    }


def statuses(world: World, person: str) -> set[tuple[str, str]]:
    """The cells of the matrix that the person sees: where the application is, and they may list it."""
    return {
        (application, environment)
        for application, facts in world["applications"].items()
        for environment in facts["places"]
        if level(world, person, application, environment) >= LIST
    }


def creates(world: World, person: str, team: str | None, environment: str) -> bool:
    """Create Applications, table 1b: by the default role for any team, by the role in a team for that team."""
    who = world["people"][person]
    if not who["active"] or _level_of(world, who["default"], environment) == NO_ACCESS:
        return False
    roles = [who["default"]]
    if team in who["teams"]:
        roles.append(who["teams"][team])
    return any(environment in world["roles"][role]["creates"] for role in roles)


def manages_roles(world: World, person: str, application: str) -> bool:
    """Manage Teams and Application Roles, table 1c: however the role is held, if it is held there."""
    who = world["people"][person]
    if not who["active"]:
        return False
    held = [who["default"], who["applications"].get(application)]
    held.append(who["teams"].get(world["applications"][application]["team"]))
    return any(role is not None and world["roles"][role]["manage_teams"] for role in held)


def sees_plan(world: World, person: str, plan: str) -> bool:
    """List on every application of the plan, in its source or target; an empty plan its creator and the managers."""
    who, facts = world["people"][person], world["plans"][plan]
    if not who["active"]:
        return False
    if not facts["applications"]:
        manages = world["roles"][who["default"]]["manage_infrastructure"]
        return bool(facts["creator"] == person or manages)
    return all(
        level(world, person, application, facts["source"]) >= LIST
        or level(world, person, application, facts["target"]) >= LIST
        for application in facts["applications"]
    )


def _level_of(world: World, role: str, environment: str) -> int:
    return int(world["roles"][role]["levels"].get(environment, NO_ACCESS))
