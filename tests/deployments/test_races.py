"""Two at once: whoever comes second finds the plan where the first has left it."""

from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from applications.services import tag_version
from deployments import services
from deployments.execution import Overtaken, fail_plan
from deployments.models import Plan
from deployments.services import Operation
from infrastructure.services import enable_maintenance
from tests.deployments.landscape import Landscape, events, running, status, work
from tests.factories import SYSTEM

Step = Callable[[], Any]


def at_once(*steps: Step) -> list[str]:
    """Perform the steps in threads with connections of their own; return "done" or the name of the error of each."""
    start, outcomes = Barrier(len(steps)), ["" for _ in steps]

    def perform(position: int, step: Step) -> None:
        try:
            start.wait(10)
            step()
            outcomes[position] = "done"
        except Exception as error:
            outcomes[position] = type(error).__name__
        finally:
            connection.close()

    threads = [Thread(target=perform, args=(position, step)) for position, step in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def again(plan: Plan) -> Plan:
    """The plan as another request has it."""
    other: Plan = Plan.objects.get(pk=plan.pk)
    return other


def test_a_plan_is_launched_once(committed: Landscape) -> None:
    plan = committed.plan()
    copies = [again(plan) for _ in range(4)]
    outcomes = at_once(*(partial(services.start_plan, copy, by=committed.ada) for copy in copies))
    assert sorted(outcomes) == ["ValidationError", "ValidationError", "ValidationError", "done"]
    assert len(events("launched")) == 1


def test_a_plan_is_launched_or_discarded(committed: Landscape) -> None:
    for _ in range(4):
        plan = committed.plan([committed.deploy(committed.crm)])
        one, other = again(plan), again(plan)
        outcomes = at_once(
            partial(services.start_plan, one, by=committed.ada),
            partial(services.discard_plan, other, by=committed.ada),
        )
        # a plan that is gone is refused (it is not seen any more) or not found
        assert outcomes in (["done", "ValidationError"], ["Vanished", "done"], ["Refused", "done"])
        assert Plan.objects.filter(pk=plan.pk).exists() == (outcomes[0] == "done")
        work()


def test_an_application_is_deployed_by_one_plan_at_a_time(committed: Landscape) -> None:
    plans = [committed.plan([committed.deploy(committed.crm)]) for _ in range(3)]
    outcomes = at_once(*(partial(services.start_plan, plan, by=committed.ada) for plan in plans))
    assert sorted(outcomes) == ["ValidationError", "ValidationError", "done"]


def test_what_is_launched_is_what_was_chosen(committed: Landscape) -> None:
    plan = committed.plan([committed.deploy(committed.crm)])
    one, other = again(plan), again(plan)
    outcomes = at_once(
        lambda: services.start_plan(one, by=committed.ada),
        lambda: services.choose(other, by=committed.ada, operations=[committed.deploy(committed.portal)]),
    )
    assert outcomes[0] == "done"
    work()
    assert running(committed.qa) == ({"Portal": "1.2"} if outcomes[1] == "done" else {"CRM": "1.3"})


def test_maintenance_begins_before_a_launch_or_after_it(committed: Landscape) -> None:
    plan = committed.plan([committed.deploy(committed.crm)])
    mine = again(plan)
    outcomes = at_once(
        lambda: services.start_plan(mine, by=committed.ada),
        lambda: enable_maintenance(committed.qa, by=SYSTEM, reason="New disks"),
    )
    assert outcomes[1] == "done"
    work()
    assert running(committed.qa) == {}
    assert status(plan) == (Plan.Status.ABORTED if outcomes[0] == "done" else Plan.Status.DRAFT)


def test_two_workers_at_once_carry_out_a_plan_once(committed: Landscape) -> None:
    committed.started()
    assert at_once(work, work, work) == ["done"] * 3
    work()
    assert len(events("application_deployed")) == 3
    assert len(events("completed")) == 1


def test_a_number_tagged_meanwhile_fails_the_application_and_says_why(committed: Landscape) -> None:
    plan = committed.started([Operation(committed.crm, "tag_and_deploy", new_number="1.9")])
    tag_version(committed.crm, by=SYSTEM, environment=committed.development, number="1.9")
    work()
    assert status(plan) == Plan.Status.WITH_ERRORS
    [(_, failed)] = events("application_failed")
    assert "Version 1.9 exists already" in failed


def test_a_deploy_that_is_overtaken_is_left_to_whoever_overtook_it(committed: Landscape) -> None:
    plan = committed.started()
    stale = again(plan)
    work()
    with pytest.raises(Overtaken):
        fail_plan(stale, "somebody is late")
    assert status(plan) == Plan.Status.SUCCESSFUL
    with pytest.raises(ValidationError):
        services.abort_plan(stale, by=committed.ada)
