"""A list takes as many queries whatever it holds."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.services import deployed, tag_version
from roles.models import Level
from tests.api.landscape import Caller, Landscape, plan_body, saved_plan
from tests.factories import SYSTEM, application, team

# Of these queries, five are the same for every call: may the record be written, whose token is it, a savepoint around
# the event of the call, and the event.
LISTS = [
    ("/environments", 6),
    ("/applications", 6),
    ("/applications?IncludeEnvStatus=True", 7),
    ("/environments/{development}/applications?IncludeEnvStatus=True", 8),
    ("/applications/{portal}/versions?MaximumVersionsToReturn=100", 8),
    ("/deployments", 7),
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
