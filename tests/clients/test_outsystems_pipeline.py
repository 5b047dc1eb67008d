"""outsystems-pipeline 0.11.0, unmodified, against a real console with its worker."""

import json
from collections.abc import Callable

from applications.models import EnvironmentStatus
from applications.services import block
from audit.models import Event
from deployments.models import Plan
from infrastructure.services import change_environment
from roles.models import Level
from tests.api.landscape import BASE, Caller, Landscape, caller, events
from tests.clients.pipeline import Pipeline
from tests.factories import SYSTEM

Using = Callable[[Caller], Pipeline]
DONE = 0
PLAN = "deployments.deployment_plan"


def test_it_fetches_the_landscape(landscape: Landscape, pipeline: Using) -> None:
    client = pipeline(landscape.lister)

    done = client.run("fetch_lifetime_data")

    assert done.returncode == DONE, done.stdout + done.stderr
    (artifacts,) = client.folder.iterdir()
    names = [one["Name"] for one in json.loads((artifacts / "environments.cache").read_text())]
    assert names == ["Development", "Quality Assurance"]
    names = [one["Name"] for one in json.loads((artifacts / "applications.cache").read_text())]
    assert names == ["Ledger", "Portal"]
    assert calls_of(landscape.lister) == [
        f"Called GET {BASE}/environments",
        f"Called GET {BASE}/applications?IncludeModules=False&IncludeEnvStatus=False",
    ]


def test_it_deploys_the_newest_tags(landscape: Landscape, pipeline: Using) -> None:
    client = pipeline(landscape.deployer)

    done = client.deploy("Portal", "Ledger", to="Quality Assurance")

    assert done.returncode == DONE, done.stdout + done.stderr
    plan = Plan.objects.get()
    assert plan.status == Plan.Status.SUCCESSFUL
    assert running_in(landscape) == {"Portal": "1.1", "Ledger": "1.0"}
    for step, times in (("created", 1), ("selected", 2), ("saved", 1), ("launched", 1)):
        assert len(events(f"{PLAN}.{step}")) == times
        assert all(is_by(landscape.deployer, event) for event in events(f"{PLAN}.{step}"))
    for step, times in (("deploy_started", 2), ("application_deployed", 2), ("completed", 1)):
        assert len(events(f"{PLAN}.{step}")) == times
        assert {event.actor_kind for event in events(f"{PLAN}.{step}")} == {"system"}
    assert f"Called POST {BASE}/deployments/{plan.pk}/start?RedeployOutdated=True" in calls_of(
        landscape.deployer
    )

    again = client.deploy("Portal", "Ledger", to="Quality Assurance")

    assert again.returncode == DONE
    assert "Deployment skipped" in again.stdout
    assert Plan.objects.count() == 1


def test_it_continues_a_plan_of_two_stages(landscape: Landscape, pipeline: Using) -> None:
    change_environment(
        landscape.qa,
        by=SYSTEM,
        name=landscape.qa.name,
        purpose=landscape.qa.purpose,
        address=landscape.qa.address,
        two_stage=True,
    )

    done = pipeline(landscape.deployer).deploy("Portal", to="Quality Assurance")

    assert done.returncode == DONE, done.stdout + done.stderr
    assert "resumed execution" in done.stdout
    assert running_in(landscape) == {"Portal": "1.1"}
    assert is_by(landscape.deployer, *events(f"{PLAN}.continued"))


def test_a_conflict_makes_it_delete_its_plan(landscape: Landscape, pipeline: Using) -> None:
    block(landscape.portal, by=SYSTEM, environment=landscape.qa, reason="freeze until Monday")
    client = pipeline(landscape.deployer)

    done = client.deploy("Portal", to="Quality Assurance")

    assert done.returncode == 1
    assert "has conflicts" in done.stdout
    (artifacts,) = client.folder.iterdir()
    assert "freeze until Monday" in (artifacts / "DeploymentConflicts").read_text()
    assert not Plan.objects.exists()
    assert is_by(landscape.deployer, *events(f"{PLAN}.discarded"))
    assert running_in(landscape) == {"Portal": "1.0"}


def test_without_permission_in_the_target_it_ends_with_a_clear_error(
    landscape: Landscape, pipeline: Using
) -> None:
    levels = {landscape.development: Level.CHANGE_AND_DEPLOY, landscape.qa: Level.LIST}
    developer = caller("developer", levels)

    done = pipeline(developer).deploy("Portal", to="Quality Assurance")

    assert done.returncode != DONE
    assert "NotEnoughPermissionsError" in done.stderr
    assert "This needs Change and Deploy in the target for every application of the plan" in done.stderr
    assert running_in(landscape) == {"Portal": "1.0"}
    assert Plan.objects.get().status == Plan.Status.SAVED
    (refused,) = Event.objects.filter(outcome="refused")
    assert refused.activity == f"{PLAN}.launched"
    assert is_by(developer, refused)


def test_a_target_that_is_hidden_does_not_exist_for_it(landscape: Landscape, pipeline: Using) -> None:
    done = pipeline(landscape.deployer).deploy("Portal", to="Production")
    assert done.returncode != DONE
    assert "EnvironmentNotFoundError" in done.stderr
    assert not Plan.objects.exists()


def test_an_account_that_is_deactivated_is_rejected(landscape: Landscape, pipeline: Using) -> None:
    done = pipeline(landscape.callers["deactivated"]).run("fetch_lifetime_data")
    assert done.returncode != DONE
    assert "Authentication failed." in done.stderr
    (rejected,) = events("users.service_account.api_call_rejected")
    assert (rejected.outcome, rejected.channel) == ("refused", "lifetime-api")


def calls_of(made: Caller) -> list[str]:
    """Return the calls on record, all of them under the account."""
    called = events("audit.api.called")
    assert is_by(made, *called)
    return [event.sentence for event in called]


def is_by(made: Caller, *happened: Event) -> bool:
    """Say whether these events, at least one, are the service account's, through its token and the LifeTime API."""
    assert made.account is not None
    account, token = made.account.pk, made.account.tokens.get().pk
    expected = ("service", account, token, "lifetime-api")
    found = {(event.actor_kind, event.actor_key, event.token_key, event.channel) for event in happened}
    return found == {expected}


def running_in(landscape: Landscape) -> dict[str, str]:
    """Return what runs in Quality Assurance."""
    statuses = EnvironmentStatus.objects.filter(environment=landscape.qa)
    return dict(statuses.values_list("application__name", "version__number"))
