"""What keeps a plan from being launched: each conflict names the application and says what would be right."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from applications.models import EnvironmentStatus
from applications.services import block, deployed, tag_version
from audit.models import Event
from deployments import services
from deployments.models import Plan
from deployments.services import Operation
from infrastructure.services import enable_maintenance
from tests.deployments.landscape import Landscape, status
from tests.factories import SYSTEM, application

Change = Callable[[Landscape], None]


def blocked(land: Landscape) -> None:
    block(land.crm, by=SYSTEM, environment=land.qa, reason="Legal review")


def target_in_maintenance(land: Landscape) -> None:
    enable_maintenance(land.qa, by=SYSTEM, reason="New disks")


def higher_in_target(land: Landscape) -> None:
    version = tag_version(land.crm, by=SYSTEM, environment=land.development, number="1.10")
    deployed(land.crm, by=SYSTEM, environment=land.qa, version=version)


def back_in_source(land: Landscape) -> None:
    low = tag_version(land.crm, by=SYSTEM, environment=land.development, number="1.10")
    deployed(land.crm, by=SYSTEM, environment=land.development, version=land.versions[land.crm.pk])
    land.versions[land.crm.pk] = low


def gone_from_source(land: Landscape) -> None:
    EnvironmentStatus.objects.filter(application=land.crm, environment=land.development).delete()


def under_way_elsewhere(land: Landscape) -> None:
    land.started([land.deploy(land.crm)])


@pytest.mark.parametrize(
    ("change", "message", "is_about_crm"),
    [
        (blocked, "'CRM' is blocked in 'QA' (Legal review): leave it out, or have it unblocked there.", True),
        (target_in_maintenance, "'QA' is in maintenance mode (New disks): wait until that has ended.", False),
        (
            higher_in_target,
            "'CRM' 1.3 is lower than 1.10, which runs in 'QA': tag a higher version and deploy that one.",
            True,
        ),
        (
            back_in_source,
            "'CRM' 1.10 has not reached 'Development', where 1.3 runs: choose a version up to that one.",
            True,
        ),
        (
            gone_from_source,
            "'CRM' is not in 'Development' (any more), so it cannot be deployed from there: "
            "choose 'Do nothing' for it.",
            True,
        ),
        (
            under_way_elsewhere,
            "'CRM' is being deployed to 'QA' by deployment plan #{other}: wait until that plan has ended.",
            True,
        ),
    ],
)
def test_each_conflict_is_found_and_refuses_the_launch(
    land: Landscape, change: Change, message: str, is_about_crm: bool
) -> None:
    closes = change is target_in_maintenance  # which a plan has to be made before
    if not closes:
        change(land)
    plan = land.plan([land.deploy(land.crm)])
    if closes:
        change(land)
    other = Plan.objects.exclude(pk=plan.pk).first()
    message = message.format(other=other.number if other else "")
    [conflict] = services.validate(plan)
    assert (conflict.message, conflict.application) == (message, land.crm if is_about_crm else None)
    with pytest.raises(ValidationError) as caught:
        services.start_plan(plan, by=land.ada)
    assert caught.value.message_dict == {"conflicts": [message]}
    assert status(plan) == Plan.Status.DRAFT


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("1.3", "'CRM' 1.3 exists already: choose a number that is free."),
        ("1.3.0", "'CRM' 1.3.0 exists already: choose a number that is free."),
        (
            "1.2",
            "'CRM' cannot be tagged as 1.2: the number has to be above 1.3, which runs in 'Development'.",
        ),
        ("1.4", None),
        ("1.10", None),
    ],
)
def test_a_new_number_has_to_be_free_and_above(land: Landscape, number: str, message: str | None) -> None:
    plan = land.plan([Operation(land.crm, "tag_and_deploy", new_number=number)])
    assert [conflict.message for conflict in services.validate(plan)] == ([message] if message else [])


def test_nothing_is_tagged_in_a_source_under_maintenance(land: Landscape) -> None:
    deploying = land.plan([land.deploy(land.crm)])
    tagging = land.plan([Operation(land.crm, "tag_and_deploy", new_number="1.9")])
    enable_maintenance(land.development, by=SYSTEM, reason="New disks")
    assert services.validate(deploying) == []
    [conflict] = services.validate(tagging)
    assert conflict.message == (
        "Nothing can be tagged in 'Development', which is in maintenance mode: "
        "deploy versions that exist, or wait."
    )


def test_there_has_to_be_something_to_deploy(land: Landscape) -> None:
    for operations in ([], [Operation(land.crm, "nothing")]):
        [conflict] = services.validate(land.plan(operations))
        assert conflict.message.startswith("There is nothing to deploy")


def test_validation_reads_only_and_its_queries_are_few(
    land: Landscape, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        app = application(f"App {number}", land.development)
        land.versions[app.pk] = tag_version(app, by=SYSTEM, environment=land.development, number="1.0")
    everything = [land.deploy(version.application) for version in land.versions.values()]
    small, large = land.plan(everything[:1]), land.plan(everything)
    before = Event.objects.count()
    for plan in (small, large):
        with django_assert_num_queries(6):
            assert services.validate(plan) == []
    assert Event.objects.count() == before
