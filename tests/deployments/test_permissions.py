"""Who may do what with a plan (lifetime.md, 1e and the decisions), as tables."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from applications.models import Application
from applications.services import put_in_team
from audit.activity import Refused
from audit.models import Event
from deployments import services
from deployments.models import Plan
from deployments.rules import sees
from deployments.services import Operation
from roles.models import Level, Role
from tests.deployments.landscape import Landscape, status
from tests.factories import SYSTEM, administrator_role, person, role, team
from users.models import User
from users.services import deactivate_user

NONE, LIST, DEPLOY = Level.NO_ACCESS, Level.LIST, Level.CHANGE_AND_DEPLOY
STEPS: dict[str, Callable[..., Any]] = {
    "edit": lambda plan, by: services.edit_notes(plan, by=by, notes="other"),
    "save": services.save_plan,
    "start": services.start_plan,
    "discard": services.discard_plan,
}


def somebody(land: Landscape, development: Level, qa: Level) -> User:
    """A person with these levels by default role."""
    held = role(f"{development} and {qa}", {land.development: development, land.qa: qa})
    return person(f"u{development}.{qa}", held)


def join_team(app: Application, user: User, held: Role) -> None:
    """Put the application into a team in which the user holds this role, which decides over the default role."""
    put_in_team(app, by=SYSTEM, team=team("Secret", {user: held}))


def may(step: Callable[..., Any], plan: Plan, user: User) -> bool:
    """Whether the step was performed; a refusal has to be on record and to have changed nothing."""
    before = status(plan)
    try:
        step(plan, by=user)
    except Refused:
        assert status(plan) == before
        assert Event.objects.latest("id").outcome == "refused"
        return False
    return True


@pytest.mark.parametrize(
    ("development", "qa", "deploying", "tagging"),
    [
        (NONE, NONE, set(), set()),
        (LIST, NONE, {"edit", "save"}, {"edit"}),
        (NONE, LIST, {"edit", "save"}, {"edit"}),
        (LIST, LIST, {"edit", "save"}, {"edit"}),
        (DEPLOY, LIST, {"edit", "save"}, {"edit", "save"}),
        (LIST, DEPLOY, {"edit", "save", "start", "discard"}, {"edit", "discard"}),
        (DEPLOY, DEPLOY, set(STEPS), set(STEPS)),
    ],
)
def test_what_a_level_permits_on_somebody_elses_plan(
    land: Landscape, development: Level, qa: Level, deploying: set[str], tagging: set[str]
) -> None:
    user = somebody(land, development, qa)
    tag = Operation(land.crm, "tag_and_deploy", new_number="1.9")
    for operation, expected in ((land.deploy(land.crm), deploying), (tag, tagging)):
        done = set()
        for name, step in STEPS.items():
            plan = land.plan([operation])
            done |= {name} if may(step, plan, user) else set()
            Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.ABORTED)
        assert done == expected


@pytest.mark.parametrize(("qa", "steers"), [(NONE, False), (LIST, False), (DEPLOY, True)])
def test_steering_needs_change_and_deploy_in_the_target(land: Landscape, qa: Level, steers: bool) -> None:
    user = somebody(land, LIST, qa)
    plan = land.started([land.deploy(land.crm)])
    assert may(services.abort_plan, plan, user) == steers
    waiting = land.plan([land.deploy(land.directory)])
    Plan.objects.filter(pk=waiting.pk).update(status=Plan.Status.WAITING)
    waiting.refresh_from_db()
    assert may(services.continue_plan, waiting, user) == steers


def test_whoever_made_a_plan_may_discard_it(land: Landscape) -> None:
    lister = somebody(land, LIST, LIST)
    plan = land.plan([land.deploy(land.crm)], by=lister)
    assert not may(services.start_plan, plan, lister)
    services.discard_plan(plan, by=lister)
    assert not Plan.objects.exists()


def test_one_application_that_one_may_not_deploy_is_enough(land: Landscape) -> None:
    user = somebody(land, LIST, DEPLOY)
    join_team(land.crm, user, role("Lister", {land.development: LIST, land.qa: LIST}))
    assert may(services.start_plan, land.plan([land.deploy(land.portal)]), user)
    assert not may(services.start_plan, land.plan([land.deploy(land.directory), land.deploy(land.crm)]), user)
    doing_nothing = [land.deploy(land.directory), Operation(land.crm, "nothing")]
    assert may(services.start_plan, land.plan(doing_nothing), user)


def test_one_application_that_one_may_not_list_hides_the_plan(land: Landscape) -> None:
    user = somebody(land, LIST, LIST)
    join_team(land.crm, user, role("Nothing"))
    shown = land.plan([land.deploy(land.portal)])
    concealed = land.plan([land.deploy(land.portal), land.deploy(land.crm)])
    empty_own, empty_other = land.plan([], by=user), land.plan([])
    assert set(Plan.objects.visible_to(user)) == {shown, empty_own}
    assert [sees(user, plan) for plan in (shown, concealed, empty_own, empty_other)] == [
        True,
        False,
        True,
        False,
    ]
    for step in STEPS.values():
        assert not may(step, concealed, user)
    for again in (services.reuse_plan, services.retry_plan):
        assert not may(again, concealed, user)


def test_nobody_puts_into_a_plan_what_they_may_not_list(land: Landscape) -> None:
    user = somebody(land, LIST, LIST)
    join_team(land.crm, user, role("Nothing"))
    with pytest.raises(ValidationError, match="you may not list it"):
        land.plan([land.deploy(land.crm)], by=user)
    plan = land.plan([land.deploy(land.portal)], by=user)
    with pytest.raises(ValidationError, match="you may not list it"):
        services.choose(plan, by=user, operations=[land.deploy(land.crm)])
    with pytest.raises(ValidationError, match="you may not see it"):
        land.plan([], by=user, target=land.production)


def test_tag_and_deploy_does_not_slip_into_a_saved_plan(land: Landscape) -> None:
    lister = somebody(land, LIST, LIST)
    tag = [Operation(land.crm, "tag_and_deploy", new_number="1.9")]
    draft = land.plan([land.deploy(land.crm)], by=lister)
    services.choose(draft, by=lister, operations=tag)
    assert [one.option for one in draft.applications.all()] == ["Tag & Deploy 1.9"]
    saved = land.plan([land.deploy(land.crm)], by=lister)
    services.save_plan(saved, by=lister)
    with pytest.raises(Refused, match="Change and Deploy in the source"):
        services.choose(saved, by=lister, operations=tag)
    assert [one.option for one in saved.applications.all()] == ["Deploy 1.3"]
    assert Event.objects.latest("id").sentence == f"Refused 'saved' for deployment plan '{saved}'"


def test_somebody_deactivated_may_nothing(land: Landscape) -> None:
    gone = person("gone", administrator_role())
    plan = land.plan()
    deactivate_user(gone, by=SYSTEM)
    for step in STEPS.values():
        assert not may(step, plan, gone)
    with pytest.raises(Refused):
        land.plan([], by=gone)
