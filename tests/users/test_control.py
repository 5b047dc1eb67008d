"""Nobody decides over an account that may do more than they: by an oracle, step by step, on pages, in the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.services import grant_role, revoke_role
from audit.activity import Refused
from infrastructure.models import Environment
from roles.models import Level, Role
from teams.services import delete_team
from tests.databases import undone
from tests.factories import PASSWORD, SYSTEM, application, environment, person, role, service_account, team
from tests.roles.drafts import ENVIRONMENTS, Draft, drafts, exceeds, lowered, stored
from tests.told import told
from users import services
from users.activities import PERSON
from users.models import User
from users.tokens import authenticate

LOW = "Low"


@st.composite
def situations(draw: st.DrawFn) -> tuple[Draft, list[Draft | None]]:
    """A manager's default role, and what an account holds by default, in a team and for an application: half of the
    time nothing above the manager."""
    own, held = draw(drafts()), [draw(drafts()), draw(st.none() | drafts()), draw(st.none() | drafts())]
    own = Draft(True, True, own.logs, own.here)
    return own, [one and lowered(one, own) for one in held] if draw(st.booleans()) else held


@pytest.fixture
def places(db: None) -> list[Environment]:
    return [environment(name) for name in ENVIRONMENTS]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(situation=situations())
def test_an_account_is_shut_exactly_by_whom_the_rule_says(
    places: list[Environment], situation: tuple[Draft, list[Draft | None]]
) -> None:
    own, held = situation
    with undone():
        manager = person("max.manager", stored("Own", own, places))
        default, in_team, for_it = [
            stored(name, one, places) if one else None
            for name, one in zip(("Default", "Team", "App"), held, strict=True)
        ]
        ana = person("ana.lopes", default)
        if in_team:
            team("Payments", {ana: in_team})
        if for_it:
            grant_role(application("CRM", places[0]), by=SYSTEM, user=ana, role=for_it)
        expected = not any(exceeds(one, own) for one in held if one)
        assert PERSON.deactivated.allowed(manager, ana) == expected
        assert shut(ana, manager) == expected


def shut(user: User, by: User) -> bool:
    try:
        services.deactivate_user(user, by=by)
    except Refused:
        return False
    return not User.objects.get(pk=user.pk).is_active


@pytest.fixture
def manager(assert_nothing_outside: None) -> User:
    """Who manages the infrastructure and its users, and deploys nowhere."""
    environment("Development")
    role(LOW)
    return person("max.manager", role("Manager", manage_infrastructure=True))


def above(held_as: str, user: User) -> User:
    """Give the user a role that deploys."""
    development = Environment.objects.get()
    deployer = Role.objects.filter(name="Deployer").first() or role(
        "Deployer", {development: Level.CHANGE_AND_DEPLOY}
    )
    if held_as == "by default":
        services.change_default_role(user, by=SYSTEM, role=deployer)
    elif held_as == "in a team":
        team(f"Team of {user}", {user: deployer})
    else:
        grant_role(application(f"CRM of {user}", development), by=SYSTEM, user=user, role=deployer)
    found: User = User.objects.get(pk=user.pk)
    return found


def low() -> Role:
    found: Role = Role.objects.get(name=LOW)
    return found


NAMES = {"name": "Ana Maria", "username": "ana.maria"}
WITH_PEOPLE: dict[str, Callable[[User, User], Any]] = {
    "password": lambda user, by: services.set_password(user, by=by, password=PASSWORD),
    "names": lambda user, by: services.change_user(user, by=by, **NAMES, email="", time_zone=""),
    "role": lambda user, by: services.change_default_role(user, by=by, role=low()),
    "all": lambda user, by: services.edit_user(
        user, by=by, **NAMES, email="", role=low(), is_active=user.is_active
    ),
    "deactivate": lambda user, by: services.deactivate_user(user, by=by),
    "activate": lambda user, by: services.activate_user(user, by=by),
}
WITH_SERVICE_ACCOUNTS: dict[str, Callable[[User, User], Any]] = {
    "issue": lambda user, by: services.issue_token(user, by=by),
    "rotate": lambda user, by: services.rotate_token(user, by=by),
    "names": lambda user, by: services.change_service_account(user, by=by, name="Bot", username="bot-2"),
    "role": lambda user, by: services.change_default_role(user, by=by, role=low()),
    "deactivate": lambda user, by: services.deactivate_user(user, by=by),
    "activate": lambda user, by: services.activate_user(user, by=by),
}


@pytest.mark.parametrize("held_as", ["by default", "in a team", "for an application"])
def test_from_below_every_step_that_controls_an_account_is_refused_on_record(
    manager: User, held_as: str
) -> None:
    ana, bot = person("ana.lopes", low()), service_account("bot", low())
    for user, steps in ((ana, WITH_PEOPLE), (bot, WITH_SERVICE_ACCOUNTS)):
        higher = above(held_as, user)
        for name, step in steps.items():
            with told() as events, pytest.raises(Refused, match="nowhere above your own"):
                step(higher, manager)
            assert [event.outcome for event in events] == ["refused"], name
        drop(held_as, user)
        for step in steps.values():  # the same steps, when nothing is above any more
            step(User.objects.get(pk=user.pk), manager)


def drop(held_as: str, user: User) -> None:
    if held_as == "by default":
        services.change_default_role(user, by=SYSTEM, role=low())
    for membership in user.memberships.all():
        delete_team(membership.team, by=SYSTEM)
    for held in user.application_roles.all():
        revoke_role(held.application, by=SYSTEM, user=user)


def test_what_only_takes_away_is_for_whoever_manages_users(manager: User) -> None:
    ana, bot = above("by default", person("ana.lopes", low())), service_account("bot", low())
    token, text = services.make_personal_token(by=ana, label="mine", scopes=["record:read"])
    services.sign_out_everywhere(ana, by=manager)
    services.revoke_token(token, by=manager)
    issued, other = services.issue_token(bot, by=SYSTEM)
    services.change_default_role(bot, by=SYSTEM, role=Role.objects.get(name="Deployer"))
    services.revoke_token(issued, by=manager)
    assert (authenticate(text, "read"), authenticate(other, "read")) == (None, None)
    services.change_user(manager, by=manager, name="Max", username="max", email="", time_zone="")


@pytest.mark.parametrize("is_above", [True, False])
def test_pages_offer_what_is_not_refused_and_the_api_answers_403(
    manager: User, client: Client, is_above: bool
) -> None:
    ana, bot = person("ana.lopes", low()), service_account("bot", low())
    if is_above:
        deployer = above("in a team", ana).memberships.get().role
        services.change_default_role(bot, by=SYSTEM, role=deployer)
    client.force_login(manager)
    pages = {
        ana: ["edit", "role", "set_password", "deactivate"],
        bot: ["service_account_edit", "service_account_role", "service_account_deactivate", "token_issue"],
    }
    for account, names in pages.items():
        shown = client.get(account.url).content.decode()
        for name in names:
            url = reverse(f"users:{name}", args=[account.pk])
            assert (f'href="{url}"' in shown) != is_above, name
            assert client.get(url).status_code == (403 if is_above else 200), name
    _, text = services.make_personal_token(by=manager, label="mine", scopes=["administer"])
    answer = client.post(
        f"/lifetimeapi/rest/v2/users/{ana.pk}/setpassword/",
        {"password": PASSWORD},
        content_type="application/json",
        headers={"Authorization": f"Bearer {text}"},
    )
    assert answer.status_code == (403 if is_above else 200)
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD) != is_above


def test_a_role_above_ones_own_is_neither_changed_nor_deleted(manager: User, client: Client) -> None:
    from roles.services import change_role, delete_role

    deployer = above("by default", person("ana.lopes", low())).role
    steps: list[Callable[[], Any]] = [
        lambda: change_role(deployer, by=manager, name="Deployer", levels={}),
        lambda: delete_role(deployer, by=manager, replacement=low()),
    ]
    for step in steps:
        with told() as events, pytest.raises(Refused, match="nowhere above your own"):
            step()
        assert [event.outcome for event in events] == ["refused"]
    client.force_login(manager)
    for each, offered in ((deployer, False), (low(), True)):
        shown = client.get(reverse("roles:detail", args=[each.pk])).content.decode()
        for name in ("edit", "delete"):
            assert (reverse(f"roles:{name}", args=[each.pk]) in shown) == offered
            assert client.get(reverse(f"roles:{name}", args=[each.pk])).status_code == (
                200 if offered else 403
            )
