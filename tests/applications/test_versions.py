"""Version numbers: how they are written, which may follow, and what keeps a version from being deleted."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from applications import services
from applications.models import Version
from applications.services.versions import next_numbers
from deployments.services import Operation, create_plan
from infrastructure.services import enable_maintenance
from tests.applications.landscape import Landscape
from tests.factories import SYSTEM, application


def tag(here: Landscape, number: str) -> Version:
    return services.tag_version(here.shop, by=SYSTEM, environment=here.development, number=number)


def fault(here: Landscape, number: str) -> dict[str, list[str]]:
    before = here.shop.versions.count()
    with pytest.raises(ValidationError) as complaint:
        tag(here, number)
    assert here.shop.versions.count() == before
    return complaint.value.message_dict


@pytest.mark.parametrize("number", ["0.1", "1.0", "1.2.3", "0.0.1", "999.999.999", " 1.2 "])
def test_a_number_has_two_or_three_parts_up_to_999(here: Landscape, number: str) -> None:
    assert tag(here, number).number == number.strip()


@pytest.mark.parametrize(
    "number",
    ["", "1", "1.", ".1", "1.2.3.4", "01.2", "1.02", "1.2.00", "1000.1", "1.1000", "-1.2", "1,2", "v1.2", "1.2 beta",
     "1.2\n.3", "1.2\0", "\u0661.\u0662", "1.\uff12", "1e2.0", "1.2" * 500],
)  # fmt: skip
def test_any_other_number_is_refused(here: Landscape, number: str) -> None:
    assert fault(here, number) == {"number": ["Write the version as 1.2 or 1.2.3, each number up to 999."]}


@pytest.mark.parametrize(
    ("running", "wanted"),
    [("1.9", "1.10"), ("1.2", "1.2.1"), ("1.2.9", "1.2.10"), ("1.9.9", "2.0"), ("0.1", "0.1.1")],
)
def test_a_tag_is_above_the_version_that_runs(here: Landscape, running: str, wanted: str) -> None:
    tag(here, running)
    assert tag(here, wanted).number == wanted


@pytest.mark.parametrize(("running", "wanted"), [("1.10", "1.9"), ("2.0", "1.999.999"), ("1.2.1", "1.2")])
def test_a_tag_below_the_version_that_runs_is_refused(here: Landscape, running: str, wanted: str) -> None:
    tag(here, running)
    (sentence,) = fault(here, wanted)["number"]
    assert sentence.startswith(f"Development runs version {running}; a new tag must be above it.")


@pytest.mark.parametrize("same", ["1.2", "1.2.0"])
def test_a_number_is_given_once(here: Landscape, same: str) -> None:
    tag(here, "1.2")
    assert fault(here, same) == {"number": ["Version 1.2 exists already. The next free number is 1.3."]}


def test_two_applications_may_have_the_same_number(here: Landscape) -> None:
    other = application("Ledger", here.development)
    tag(here, "1.2")
    assert services.tag_version(other, by=SYSTEM, environment=here.development, number="1.2").number == "1.2"


def test_a_rollback_is_a_higher_number_where_the_old_version_runs(here: Landscape) -> None:
    old, new = tag(here, "1.0"), tag(here, "1.1")
    services.deployed(here.shop, by=SYSTEM, environment=here.production, version=old)
    back = services.tag_version(here.shop, by=SYSTEM, environment=here.production, number="1.2")
    assert back.parts > new.parts


@pytest.mark.parametrize(
    ("tagged", "suggested"),
    [
        ([], "0.1"),
        (["1.4"], "1.5"),
        (["1.4.2"], "1.4.3"),
        (["1.999"], "2.0"),
        (["1.2.999"], "1.3.0"),
        (["999.999"], ""),
        (["999.999.999"], ""),
    ],
)
def test_the_next_number_is_suggested(here: Landscape, tagged: list[str], suggested: str) -> None:
    for number in tagged:
        tag(here, number)
    usual = [one.number for one in next_numbers(here.shop, here.development) if one.is_usual]
    assert usual == ([suggested] if suggested else [])


@pytest.mark.parametrize(
    ("tagged", "offered"),
    [
        ([], ["0.1", "1.0"]),
        (["0.9"], ["0.9.1", "0.10", "1.0"]),
        (["1.4.2"], ["1.4.3", "1.5.0", "2.0.0"]),
        (["1.4", "1.4.1", "2.0"], ["2.0.1", "2.1", "3.0"]),
        (["999.999"], ["999.999.1"]),
    ],
)
def test_a_patch_a_minor_and_a_major_version_are_offered_and_explained(
    here: Landscape, client: Client, tagged: list[str], offered: list[str]
) -> None:
    for number in tagged:
        tag(here, number)
    assert [one.number for one in next_numbers(here.shop, here.development)] == offered
    client.force_login(here.developer)
    address = reverse("applications:tag", args=[here.shop.pk, here.development.pk])
    for one in next_numbers(here.shop, here.development):
        assertContains(client.get(address), f"{one.number}: {one.meaning}")


def test_a_number_is_chosen_or_written_and_what_is_written_decides(here: Landscape, client: Client) -> None:
    client.force_login(here.developer)
    address = reverse("applications:tag", args=[here.shop.pk, here.development.pk])
    assert client.post(address, {"change_log": "x"}).status_code == 422
    assert client.post(address, {"suggested": "7.0"}).status_code == 422  # is not on offer
    assert client.post(address, {"suggested": "0.1"}).status_code == 302
    assert client.post(address, {"suggested": "0.2", "number": "3.1"}).status_code == 302
    assert [str(version) for version in here.shop.versions.order_by("created_at")] == ["0.1", "3.1"]


def test_a_number_that_is_taken_is_never_suggested(here: Landscape) -> None:
    old = tag(here, "1.0")
    tag(here, "1.1")
    services.deployed(here.shop, by=SYSTEM, environment=here.production, version=old)
    assert [one.number for one in next_numbers(here.shop, here.production)] == ["1.0.1", "1.2", "2.0"]


def test_only_what_is_there_can_be_tagged_or_changed(here: Landscape) -> None:
    for step in (services.tag_version, services.report_change):
        details = {"number": "1.0"} if step is services.tag_version else {}
        with pytest.raises(ValidationError) as complaint:
            step(here.shop, by=SYSTEM, environment=here.production, **details)
        assert complaint.value.message_dict == {
            "environment": ["Shop is not in Production; choose an environment where it is."]
        }


def test_nothing_is_tagged_changed_or_created_during_maintenance(here: Landscape) -> None:
    enable_maintenance(here.development, by=SYSTEM, reason="New disks")
    expected = {
        "environment": ["Development is in maintenance mode (New disks). Try again when it has ended."]
    }
    steps: list[Callable[[], object]] = [
        lambda: tag(here, "1.0"),
        lambda: services.report_change(here.shop, by=SYSTEM, environment=here.development),
        lambda: services.create_application(by=SYSTEM, name="Ledger", environment=here.development),
    ]
    for step in steps:
        with pytest.raises(ValidationError) as complaint:
            step()
        assert complaint.value.message_dict == expected


def test_a_version_that_runs_somewhere_stays(here: Landscape) -> None:
    version = tag(here, "1.0")
    services.deployed(here.shop, by=SYSTEM, environment=here.production, version=version)
    with pytest.raises(ValidationError) as complaint:
        services.delete_version(version, by=SYSTEM)
    assert complaint.value.message_dict == {
        "version": [
            "Version 1.0 runs in Development, Production; only a version that runs nowhere can be deleted."
        ]
    }


def test_a_version_in_a_plan_stays(here: Landscape) -> None:
    version = tag(here, "1.0")
    deploy = Operation(application=here.shop, operation="deploy", version=version)
    create_plan(by=here.administrator, source=here.development, target=here.production, operations=[deploy])
    tag(here, "1.1")
    with pytest.raises(ValidationError) as complaint:
        services.delete_version(version, by=SYSTEM)
    (sentence,) = complaint.value.message_dict["version"]
    assert sentence.startswith("Version 1.0 is part of a deployment plan")
    assert here.shop.versions.filter(number="1.0").exists()


def test_the_version_of_another_application_is_not_deployed(here: Landscape) -> None:
    version = tag(here, "1.0")
    ledger = application("Ledger", here.development)
    with pytest.raises(ValidationError) as complaint:
        services.deployed(ledger, by=SYSTEM, environment=here.production, version=version)
    assert complaint.value.message_dict == {"version": ["1.0 is no version of Ledger."]}
