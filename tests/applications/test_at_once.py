"""Two people do the same to an application at the same moment."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from applications import services
from applications.models import Application
from tests.applications.landscape import Landscape
from tests.factories import SYSTEM, developer_role, person, team
from tests.together import together


@pytest.fixture
def here(committed: Landscape) -> Landscape:
    """Here everything is committed."""
    return committed


def fresh(here: Landscape) -> Application:
    found: Application = Application.objects.select_related("team").get(pk=here.shop.pk)
    return found


def complaint(outcomes: list[Any]) -> dict[str, list[str]]:
    (fault,) = [one for one in outcomes if isinstance(one, Exception)]
    assert isinstance(fault, ValidationError), repr(fault)
    return fault.message_dict


def test_of_two_equal_tags_one_is_made(here: Landscape) -> None:
    tags = [
        lambda by=by: services.tag_version(fresh(here), by=by, environment=here.development, number="1.0")
        for by in (here.developer, here.lead)
    ]
    assert complaint(together(*tags)) == {
        "number": ["Version 1.0 exists already. The next free number is 1.1."]
    }
    assert here.shop.versions.count() == 1


def test_of_two_equal_names_one_is_created(here: Landscape) -> None:
    makers = [
        lambda name=name: services.create_application(by=SYSTEM, name=name, environment=here.development)
        for name in ("Ledger", "LEDGER")
    ]
    assert "name" in complaint(together(*makers))
    assert Application.objects.filter(name__iexact="ledger").count() == 1


def test_put_into_two_teams_it_is_in_one_and_leaves_the_other(here: Landscape) -> None:
    teams = [team("Sales"), team("Support")]
    moves = [lambda to=to: services.put_in_team(fresh(here), by=SYSTEM, team=to) for to in teams]
    outcomes = together(*moves)
    assert [
        one for one in outcomes if isinstance(one, Exception) and not isinstance(one, ValidationError)
    ] == []
    assert fresh(here).team in teams


def test_of_two_roles_for_one_person_one_is_granted(here: Landscape) -> None:
    user = person("ana.lopes")
    grants = [
        lambda role=role: services.grant_role(fresh(here), by=SYSTEM, user=user, role=role)
        for role in (developer_role(), here.lister.role)
    ]
    assert "user" in complaint(together(*grants))
    assert here.shop.roles.filter(user=user).count() == 1


def test_of_two_reasons_the_later_stays(here: Landscape) -> None:
    blocks = [
        lambda why=why: services.block(fresh(here), by=SYSTEM, environment=here.production, reason=why)
        for why in ("Frozen", "Audit")
    ]
    assert together(*blocks) == [None, None]
    assert here.shop.blocks.get().reason in {"Frozen", "Audit"}


def test_a_version_deployed_while_it_is_deleted_either_stays_or_is_not_deployed(here: Landscape) -> None:
    tags: dict[str, Any] = {"by": SYSTEM, "environment": here.development}
    version = services.tag_version(here.shop, number="1.0", **tags)
    services.tag_version(here.shop, number="1.1", **tags)
    outcomes = together(
        lambda: services.delete_version(here.shop.versions.get(number="1.0"), by=SYSTEM),
        lambda: services.deployed(fresh(here), by=SYSTEM, environment=here.production, version=version),
    )
    assert len([one for one in outcomes if isinstance(one, Exception)]) == 1
    running = here.shop.statuses.filter(environment=here.production).first()
    assert here.shop.versions.filter(number="1.0").exists() is (running is not None)
