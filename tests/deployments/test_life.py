"""The life of a plan, as rules."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from applications.services import block
from audit.models import Event
from deployments import services
from deployments.models import Plan
from deployments.services import Operation
from infrastructure.services import enable_maintenance
from tests.deployments.landscape import Landscape, after, events, running, states, status, work
from tests.factories import SYSTEM

Status = Plan.Status


def test_a_plan_runs_from_draft_to_its_end_in_lifetimes_words(committed: Landscape) -> None:
    tag = Operation(committed.portal, "tag_and_deploy", new_number="1.9")
    plan = committed.plan([committed.deploy(committed.crm), tag])
    assert plan.status == Status.DRAFT
    services.save_plan(plan, by=committed.ada, notes="Tonight")
    assert plan.status == Status.SAVED
    services.start_plan(plan, by=committed.ada)
    assert plan.status == Status.RUNNING
    work()

    assert status(plan) == Status.SUCCESSFUL
    assert running(committed.qa) == {"CRM": "1.3", "Portal": "1.9"}
    assert running(committed.development)["Portal"] == "1.9"
    head = "of application '{}' in environment 'QA' (deployment plan '#{}')"
    assert events() == [
        ("Ada Admin", f"Selected 'Deploy 1.3' for 'CRM' in deployment plan #{plan.number}"),
        ("Ada Admin", f"Selected 'Tag & Deploy 1.9' for 'Portal' in deployment plan #{plan.number}"),
        ("Ada Admin", f"Created deployment plan #{plan.number}"),
        ("Ada Admin", f"Edited the notes of deployment plan #{plan.number}"),
        ("Ada Admin", f"Saved deployment plan #{plan.number}"),
        ("Ada Admin", f"Launched deployment plan #{plan.number}"),
        ("System", "Started deploy " + head.format("CRM", plan.number)),
        ("System", "Finished deploy " + head.format("CRM", plan.number)),
        ("System", "Started deploy " + head.format("Portal", plan.number)),
        ("System", "Finished deploy " + head.format("Portal", plan.number)),
        ("System", f"Completed deployment plan #{plan.number}"),
    ]


def test_what_happens_to_the_whole_plan_is_in_no_applications_log(committed: Landscape) -> None:
    committed.started()
    work()
    about = {
        event.activity.rpartition(".")[2]: {kind for kind, _, _ in event.body["subjects"]}
        for event in Event.objects.filter(activity__startswith="deployments.")
    }
    whole = {"deployment_plan"}
    assert about == {
        "created": whole,
        "selected": {"deployment_plan", "application"},
        "launched": whole,
        "deploy_started": {"deployment_plan", "application", "environment"},
        "application_deployed": {"deployment_plan", "application", "environment"},
        "completed": whole,
    }


def test_two_stages_wait_for_somebody_to_continue(committed: Landscape) -> None:
    to_qa = committed.started()
    work()
    assert status(to_qa) == Status.SUCCESSFUL
    plan = committed.started(source=committed.qa, target=committed.production)
    work()
    assert status(plan) == Status.WAITING
    assert running(committed.production) == {}
    assert set(states(plan).values()) == {"prepared"}
    work()
    assert status(plan) == Status.WAITING, "nobody has continued it"

    services.continue_plan(plan, by=committed.ada)
    work()
    assert status(plan) == Status.SUCCESSFUL
    assert running(committed.production) == {"CRM": "1.3", "Directory": "1.4", "Portal": "1.2"}
    told = [sentence for _, sentence in after("prepared")]
    assert told[0] == f"Continued deployment plan #{plan.number}"
    assert told[-1] == f"Completed deployment plan #{plan.number}"
    assert ("System", f"Prepared deployment plan #{plan.number}") in events("prepared")


def test_do_nothing_does_nothing(committed: Landscape) -> None:
    plan = committed.started([committed.deploy(committed.crm), Operation(committed.portal, "nothing")])
    work()
    assert running(committed.qa) == {"CRM": "1.3"}
    assert states(plan) == {"CRM": "done", "Portal": "pending"}


def test_options_are_replaced_and_only_what_differs_is_told(committed: Landscape) -> None:
    plan = committed.plan()
    tag = Operation(committed.crm, "tag_and_deploy", new_number="2.0")
    services.choose(plan, by=committed.ada, operations=[committed.deploy(committed.portal), tag])
    assert [one.option for one in plan.applications.in_order()] == ["Tag & Deploy 2.0", "Deploy 1.2"]
    assert [sentence for _, sentence in after("created")] == [
        f"Selected 'Tag & Deploy 2.0' for 'CRM' in deployment plan #{plan.number}",
        f"Removed 'Directory' from deployment plan #{plan.number}",
    ]
    changed = Event.objects.filter(activity="deployments.deployment_plan.selected").latest("id")
    assert changed.body["changes"] == {"Option for CRM": ["Deploy 1.3", "Tag & Deploy 2.0"]}


def test_a_discarded_plan_is_gone_and_its_record_stays(committed: Landscape) -> None:
    plan = committed.plan()
    key, name = plan.pk, str(plan)
    services.discard_plan(plan, by=committed.ada)
    assert not Plan.objects.filter(pk=key).exists()
    assert events("discarded") == [("Ada Admin", f"Discarded deployment plan {name}")]


def test_reuse_deploys_what_was_tagged_and_leaves_the_old_plan_alone(committed: Landscape) -> None:
    tag = Operation(committed.portal, "tag_and_deploy", new_number="1.9")
    old = committed.started([tag, committed.deploy(committed.crm), Operation(committed.directory, "nothing")])
    work()
    old.refresh_from_db()
    new = services.reuse_plan(old, by=committed.ada, source=committed.qa, target=committed.production)
    assert (new.status, new.source, new.target) == (Status.DRAFT, committed.qa, committed.production)
    assert [one.option for one in new.applications.in_order()] == ["Deploy 1.3", "Deploy 1.9"]
    told = Event.objects.get(activity="deployments.deployment_plan.reused")
    assert told.sentence == f"Created deployment plan {new} by reusing deployment plan {old}"
    assert [key for _, key, _ in told.body["subjects"]] == [str(new.pk)]


def test_retry_makes_a_draft_of_an_aborted_plan(committed: Landscape) -> None:
    old = committed.started()
    services.abort_plan(old, by=committed.ada)
    work()
    old.refresh_from_db()
    assert old.status == Status.ABORTED
    new = services.retry_plan(old, by=committed.ada)
    assert (new.status, new.source, new.target) == (Status.DRAFT, old.source, old.target)
    assert [one.option for one in new.applications.in_order()] == ["Deploy 1.3", "Deploy 1.4", "Deploy 1.2"]


def test_a_saved_plan_stays_saved_when_it_is_edited(committed: Landscape) -> None:
    plan = committed.plan()
    services.save_plan(plan, by=committed.ada)
    services.choose(plan, by=committed.ada, operations=[committed.deploy(committed.crm)])
    assert status(plan) == Status.SAVED


OPEN = {Status.DRAFT, Status.SAVED}
FINISHED = {Status.SUCCESSFUL, Status.WITH_WARNINGS, Status.WITH_ERRORS, Status.FORCED}
STEPS: dict[str, tuple[Callable[..., Any], set[Plan.Status]]] = {
    "choose": (lambda plan, by: services.choose(plan, by=by, operations=[]), OPEN),
    "save": (services.save_plan, OPEN),
    "start": (services.start_plan, OPEN),
    "discard": (services.discard_plan, OPEN),
    "continue": (services.continue_plan, {Status.WAITING}),
    "abort": (services.abort_plan, {Status.RUNNING, Status.WAITING}),
    "reuse": (services.reuse_plan, FINISHED),
    "retry": (services.retry_plan, {Status.ABORTED}),
}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_belongs_to_certain_statuses(land: Landscape, step: str) -> None:
    perform, expected = STEPS[step]
    possible = set()
    for current in Status:
        plan = land.plan()
        Plan.objects.filter(pk=plan.pk).update(status=current)
        plan.refresh_from_db()
        complaint = ""
        try:
            perform(plan, by=land.ada)
            possible.add(current)
        except ValidationError as error:
            complaint = error.messages[0]
        assert complaint.startswith(
            f"Deployment plan #{plan.number} is '{current.label}'" if complaint else ""
        )
        Plan.objects.filter(pk=plan.pk).update(status=Status.ABORTED)
    assert possible == expected


def test_maintenance_of_the_target_ends_a_running_plan(committed: Landscape) -> None:
    plan = committed.started()
    enable_maintenance(committed.qa, by=SYSTEM, reason="New disks")
    work()
    assert status(plan) == Status.ABORTED
    assert [sentence for _, sentence in after("launched")] == [
        f"Aborted deployment plan #{plan.number}, because environment 'QA' is in maintenance mode",
        f"Stopped deployment plan #{plan.number} after 0 of 3 applications",
    ]


def test_an_application_that_is_blocked_after_the_launch_is_not_deployed(committed: Landscape) -> None:
    plan = committed.started()
    block(committed.directory, by=SYSTEM, environment=committed.qa, reason="Fraud case 7")
    work()
    assert running(committed.qa) == {"CRM": "1.3"}
    assert states(plan) == {"CRM": "done", "Directory": "failed", "Portal": "pending"}
    assert status(plan) == Status.WITH_ERRORS
    [(_, failed)] = [event for event in events() if "blocked" in event[1]]
    assert "it was blocked in QA after the plan was launched" in failed
    assert "Fraud" not in failed


def test_a_prepared_plan_is_not_continued_into_maintenance(committed: Landscape) -> None:
    plan = committed.started(source=committed.development, target=committed.production)
    work()
    enable_maintenance(committed.production, by=SYSTEM, reason="New disks")
    plan.refresh_from_db()
    with pytest.raises(ValidationError, match="New disks"):
        services.continue_plan(plan, by=committed.ada)
    assert status(plan) == Status.WAITING


@pytest.mark.parametrize(
    ("operations", "complaint"),
    [
        (lambda land: [Operation(land.crm, "deploy")], "CRM: Choose the version to deploy."),
        (lambda land: [Operation(land.crm, "explode")], "CRM: 'explode' is no option"),
        (
            lambda land: [Operation(land.crm, "tag_and_deploy", new_number="one")],
            "CRM: Write the version as 1.2",
        ),
        (
            lambda land: [Operation(land.crm, "deploy", version=land.versions[land.portal.pk])],
            "CRM: This version does not exist",
        ),
        (lambda land: [land.deploy(land.crm)] * 2, "only once"),
    ],
)
def test_half_an_option_is_refused_before_anything_is_written(
    land: Landscape, operations: Callable[[Landscape], list[Operation]], complaint: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        land.plan(operations(land))
    assert complaint in caught.value.message_dict["operations"][0]
    assert not Plan.objects.exists()


def test_source_and_target_differ_and_notes_are_text_of_some_length(land: Landscape) -> None:
    with pytest.raises(ValidationError, match="another environment"):
        land.plan(target=land.development)
    for notes, complaint in (
        ("x" * 4001, "4000 characters are allowed"),
        ("a\0b", "without control characters"),
    ):
        with pytest.raises(ValidationError, match=complaint):
            services.edit_notes(land.plan(), by=land.ada, notes=notes)
