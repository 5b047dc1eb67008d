"""What cannot be kept is refused with a sentence at the field, and nothing happens."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from applications import services
from applications.models import Application
from tests.applications.landscape import Landscape
from tests.factories import SYSTEM, person, service_account, team
from tests.told import told
from users.models import User

HOSTILE = ["nul\0", "two\nlines", "lone \ud800", "turned \u202e around", "bell\a"]


def refused(step: Callable[[], Any]) -> dict[str, list[str]]:
    with told() as events, pytest.raises(ValidationError) as complaint:
        step()
    assert events == []
    return complaint.value.message_dict


@pytest.mark.parametrize("name", ["", "   ", "\t", "x" * 51, *HOSTILE])
def test_a_name_is_one_printable_line_of_up_to_50_characters(here: Landscape, name: str) -> None:
    create = lambda: services.create_application(by=SYSTEM, name=name, environment=here.development)  # noqa: E731
    assert list(refused(create)) == ["name"]
    assert list(refused(lambda: services.change_application(here.shop, by=SYSTEM, name=name))) == ["name"]
    assert Application.objects.get().name == "Shop"


@pytest.mark.parametrize("name", ["shop", "SHOP", " Shop "])
def test_a_name_is_taken_in_any_letter_case(here: Landscape, name: str) -> None:
    create = lambda: services.create_application(by=SYSTEM, name=name, environment=here.development)  # noqa: E731
    assert refused(create) == {"name": ["Another application has this name; choose a different one."]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("description", "x" * 501),
        ("description", "nul\0"),
        ("description", "\ud800"),
        ("technology", "Cobol"),
        ("technology", ""),
    ],
)
def test_the_other_details(here: Landscape, field: str, value: str) -> None:
    details: dict[str, Any] = {field: value}
    assert list(refused(lambda: services.change_application(here.shop, by=SYSTEM, **details))) == [field]


def test_a_description_may_have_lines_and_any_script(here: Landscape) -> None:
    text = "Orders & <b>invoices</b>\nGröße, 支払い"
    services.change_application(here.shop, by=SYSTEM, description=f"  {text}\n")
    assert Application.objects.get().description == text


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, *HOSTILE])
def test_a_block_has_a_reason(here: Landscape, reason: str) -> None:
    block = lambda: services.block(here.shop, by=SYSTEM, environment=here.production, reason=reason)  # noqa: E731
    assert list(refused(block)) == ["reason"]


@pytest.mark.parametrize("change_log", ["x" * 2001, "nul\0"])
def test_the_description_of_a_version(here: Landscape, change_log: str) -> None:
    tag = lambda: services.tag_version(  # noqa: E731
        here.shop, by=SYSTEM, environment=here.development, number="1.0", change_log=change_log
    )
    assert list(refused(tag)) == ["change_log"]


def test_what_is_not_there_cannot_be_taken_away(here: Landscape) -> None:
    where: dict[str, Any] = {"by": SYSTEM, "environment": here.production}
    assert refused(lambda: services.unblock(here.shop, **where)) == {
        "environment": ["Shop is not blocked in Production."]
    }
    nobody = {"user": ["Lis Ter has no role for Shop; grant one instead."]}
    assert refused(lambda: services.revoke_role(here.shop, by=SYSTEM, user=here.lister)) == nobody
    change = lambda: services.change_role(here.shop, by=SYSTEM, user=here.lister, role=here.lister.role)  # noqa: E731
    assert refused(change) == nobody
    services.take_out_of_team(here.shop, by=SYSTEM)
    assert refused(lambda: services.take_out_of_team(here.shop, by=SYSTEM)) == {
        "team": ["Shop is in no team."]
    }


def test_a_team_left_meanwhile_is_not_left_again(here: Landscape) -> None:
    stale = Application.objects.select_related("team").get()
    services.put_in_team(here.shop, by=SYSTEM, team=team("Sales"))
    assert refused(lambda: services.take_out_of_team(stale, by=SYSTEM)) == {
        "team": ["Shop is not in team Payments any more."]
    }


def test_a_role_is_granted_once_and_to_somebody_who_can_act(here: Landscape) -> None:
    from users.services import deactivate_user

    gone = person("gone.away")
    deactivate_user(gone, by=SYSTEM)
    builtin = User.objects.get(is_builtin=True)
    role = here.lister.role

    def grant(user: User) -> None:
        services.grant_role(here.shop, by=SYSTEM, user=user, role=role)

    assert list(refused(lambda: grant(gone))) == ["user"]
    assert list(refused(lambda: grant(builtin))) == ["user"]
    assert refused(lambda: grant(here.steward)) == {
        "user": ["Stu Steward has a role for Shop already; change that one."]
    }
    grant(service_account())
    assert here.shop.roles.count() == 2
