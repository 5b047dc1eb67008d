"""Finishing a plan by force: only where its worker is gone or stuck, on record, and never with two runners after it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.activity import Refused
from audit.models import Event
from deployments.execution import advance
from deployments.force import CLAIM, force_finish
from deployments.models import Plan, PlanLogEntry
from roles.models import Level
from tests.deployments.landscape import Landscape, events, landscape, said, states, status, work
from tests.factories import person, role

Status = Plan.Status
PLACE = ("host", "port", "dbname", "user", "password")


@contextmanager
def held(plan: Plan) -> Iterator[psycopg.Connection]:
    """A worker that holds the plan and does nothing more."""
    with psycopg.connect(
        **{k: v for k, v in connection.get_connection_params().items() if k in PLACE}
    ) as other:
        other.autocommit = True
        other.execute("SELECT pg_advisory_lock(%s, %s)", [CLAIM, plan.number])
        yield other


def silent(plan: Plan, minutes: int) -> None:
    """Let the plan be as if nothing had been heard of it for so long."""
    then = timezone.now() - timedelta(minutes=minutes)
    Plan.objects.filter(pk=plan.pk).update(started_at=then)
    PlanLogEntry.objects.filter(plan=plan).update(at=then)
    plan.refresh_from_db()


def at_work(land: Landscape) -> Plan:
    """A plan whose worker died in the middle of the second application."""
    plan = land.started()
    advance(plan)
    second = plan.applications.in_order()[1]
    second.state, second.version = second.State.RUNNING, land.versions[second.application_id]
    second.save()
    plan.refresh_from_db()
    return plan


@pytest.mark.parametrize(
    ("is_held", "minutes", "ends"), [(False, 1, False), (False, 3, True), (True, 11, False), (True, 13, True)]
)
def test_only_what_has_been_silent_for_long_ends(
    committed_db: None, is_held: bool, minutes: int, ends: bool
) -> None:
    """Two minutes; and the ten minutes that its program may take, while a worker holds the plan."""
    land = landscape()
    plan = at_work(land)
    silent(plan, minutes)
    if not is_held:
        outcome = attempt(plan, land)
    else:
        with held(plan) as worker:
            outcome = attempt(plan, land)
            if ends:  # it can write nothing any more
                with pytest.raises(psycopg.OperationalError):
                    worker.execute("SELECT 1")
    assert outcome == ends
    assert len(events("forced")) == ends


def attempt(plan: Plan, land: Landscape) -> bool:
    with suppress(ValidationError):
        force_finish(plan, by=land.ada, reason="The host is gone")
    return status(plan) == Status.FORCED


def test_what_is_at_work_counts_as_failed_and_nobody_goes_on(committed_stuck: tuple[Landscape, Plan]) -> None:
    land, plan = committed_stuck
    stale = Plan.objects.get(pk=plan.pk)
    silent(plan, 3)
    force_finish(plan, by=land.ada, reason="The host is gone")
    assert states(plan) == {"CRM": "done", "Directory": "failed", "Portal": "pending"}
    told = Event.objects.filter(request_id=Event.objects.latest("id").request_id)
    assert [
        (event.activity.split(".")[-1], event.body.get("reason", "")) for event in told.order_by("id")
    ] == [
        ("given_up", ""),
        ("forced", "The host is gone"),
    ]
    assert "Finished by force: The host is gone" in said(plan)

    work()
    assert not advance(stale)
    assert states(plan)["Portal"] == "pending"
    assert events()[-1][0] == land.ada.name
    again = land.started([land.deploy(land.portal)])
    work()
    assert status(again) == Status.SUCCESSFUL


@pytest.fixture
def committed_stuck(committed_db: None) -> tuple[Landscape, Plan]:
    land = landscape()
    return land, at_work(land)


def test_it_takes_a_reason_the_right_and_a_plan_that_runs(land: Landscape, client: Client) -> None:
    plan = land.started()
    client.force_login(land.ada)
    here, offer = reverse("deployments:detail", args=[plan.pk]), "Finish by force"
    assert offer not in client.get(here).content.decode()
    silent(plan, 60)
    assert offer in client.get(here).content.decode()
    deployer = person(
        "dora", role("Deployer", dict.fromkeys([land.development, land.qa], Level.CHANGE_AND_DEPLOY))
    )
    with pytest.raises(Refused):
        force_finish(plan, by=deployer, reason="I want to")
    address = reverse("deployments:force", args=[plan.pk])
    assert client.post(address, {"reason": " "}).status_code == 422
    assert status(plan) == Status.RUNNING
    response = client.post(address, {"reason": "The host is gone"}, follow=True)
    assert "The plan was finished by force." in response.content.decode()
    again = client.post(address, {"reason": "The host is gone"}, follow=True)
    assert "Nothing was done" in again.content.decode()
    assert [who for who, _ in events("forced")] == ["Dora", land.ada.name]  # refused, and done once
