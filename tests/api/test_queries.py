"""A list takes as many queries whatever it holds."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.services import deployed, grant_role, tag_version
from roles.models import Level
from tests.api.landscape import Caller, Landscape, plan_body, saved_plan
from tests.api.organisation import Organisation
from tests.factories import SYSTEM, application, person, role, team

# Of these queries, five are the same for every call: may the record be written, whose token is it, a savepoint around
# the event of the call, and the event.
LISTS = [
    ("/environments", 5),
    ("/applications", 5),
    ("/applications?IncludeEnvStatus=True", 6),
    ("/environments/{development}/applications?IncludeEnvStatus=True", 7),
    ("/applications/{portal}/versions?MaximumVersionsToReturn=100", 7),
    ("/deployments", 6),
]


@pytest.mark.parametrize(("path", "expected"), LISTS)
def test_a_list_takes_as_many_queries_whatever_it_holds(
    landscape: Landscape, path: str, expected: int
) -> None:
    path = path.format(development=landscape.development.pk, portal=landscape.portal.pk)
    saved_plan(landscape)
    landscape.deployer.get(path)  # notes the token's use, once in a while
    few, shorter = queries(landscape.deployer, path)

    grow(landscape)

    many, longer = queries(landscape.deployer, path)
    assert longer > shorter
    assert few == many == expected


PEOPLE = [
    ("/users?IncludeTeams=True&IncludeApplicationRoles=True", 10),
    ("/teams?IncludeUsers=True&IncludeApplications=True", 7),
    ("/roles?IncludeEnvPermissions=True", 9),
]


def test_the_lists_of_those_who_run_it_take_as_many_queries_too(organisation: Organisation) -> None:
    manager = organisation.manager
    for path, _ in PEOPLE:
        manager.get(path)  # notes the token's use, once in a while
    before = [queries(manager, path) for path, _ in PEOPLE]
    held = role("Held", {organisation.landscape.qa: Level.LIST})
    for number in range(4):
        more = person(f"more.{number}", held)
        place = team(f"Team {number}", {more: held, organisation.ana: held})
        made = application(f"More {number}", organisation.landscape.development, team=place)
        grant_role(made, by=SYSTEM, user=more, role=held)

    after = [queries(manager, path) for path, _ in PEOPLE]

    assert all(longer > shorter for (_, shorter), (_, longer) in zip(before, after, strict=True))
    assert [count for count, _ in before] == [count for count, _ in after] == [most for _, most in PEOPLE]


def queries(caller: Caller, path: str) -> tuple[int, int]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer: Any = caller.get(path)
    return len(captured), len(answer.json())


def grow(landscape: Landscape) -> None:
    """More of everything that a list holds."""
    from infrastructure.services import register_environment
    from roles.levels import RoleLevel
    from roles.services import change_role

    more = register_environment(by=SYSTEM, name="Acceptance", purpose="Test")
    account = landscape.deployer.account
    assert account is not None
    held = account.role
    levels = {row.environment_id: RoleLevel(Level(row.level)) for row in held.levels.all()}
    levels[more.pk] = RoleLevel(Level.CHANGE_AND_DEPLOY)
    change_role(held, by=SYSTEM, name=held.name, levels=levels)
    place = team("Commerce")
    for name in ("Shop", "Stock", "Search", "Basket"):
        one = application(name, landscape.development, team=place)
        tagged = tag_version(one, by=SYSTEM, environment=landscape.development, number="2.0")
        deployed(one, by=SYSTEM, environment=more, version=tagged)
        body = plan_body(landscape)
        body["ApplicationOperations"].append(
            {"ApplicationVersionKey": str(tagged.pk), "DeploymentZoneKey": ""}
        )
        assert landscape.deployer.post("/deployments", body).status_code == 201
    for patch in range(2, 6):
        tag_version(landscape.portal, by=SYSTEM, environment=landscape.development, number=f"1.{patch}")
