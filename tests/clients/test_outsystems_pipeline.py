"""outsystems-pipeline 0.11.0, unmodified, against a real console with its worker.

All tests share the console: each has applications of its own and leaves no plan behind that is saved or under way, for
which the client would wait.
"""

import json
from collections.abc import Callable
from typing import Any

from applications.models import Application, EnvironmentStatus, Version
from applications.services import block, deployed, report_change, tag_version
from audit.models import Event
from deployments.models import Plan
from deployments.services import Operation, create_saved_plan, discard_plan
from infrastructure.models import Environment
from infrastructure.services import register_environment
from roles.models import Level
from tests.api.landscape import BASE, Caller, Landscape, caller
from tests.clients.pipeline import Pipeline
from tests.factories import SYSTEM, application

Using = Callable[[Caller], Pipeline]
DONE = 0
QA = "Quality Assurance"
PLAN = "deployments.deployment_plan"


def test_it_fetches_the_landscape(landscape: Landscape, pipeline: Using) -> None:
    lister = caller("fetcher", {landscape.development: Level.LIST, landscape.qa: Level.LIST})
    client = pipeline(lister)

    done = client.run("fetch_lifetime_data")

    assert done.returncode == DONE, done.stdout + done.stderr
    (artifacts,) = client.folder.iterdir()
    names = [one["Name"] for one in json.loads((artifacts / "environments.cache").read_text())]
    assert names == ["Development", QA]
    names = [one["Name"] for one in json.loads((artifacts / "applications.cache").read_text())]
    assert {"Ledger", "Portal"} <= set(names)
    assert calls_of(lister) == [
        f"Called GET {BASE}/environments",
        f"Called GET {BASE}/applications?IncludeModules=False&IncludeEnvStatus=False",
    ]


def test_it_deploys_the_newest_tags(landscape: Landscape, pipeline: Using) -> None:
    shop, stock = travelling("Shop", landscape), travelling("Stock", landscape)
    client = pipeline(landscape.deployer)

    done = client.deploy("Shop", "Stock", to=QA)

    assert done.returncode == DONE, done.stdout + done.stderr
    plan = plan_of(shop)
    assert plan.status == Plan.Status.SUCCESSFUL
    assert running(shop, landscape.qa) == running(stock, landscape.qa) == "1.1"
    for step, times in (("created", 1), ("selected", 2), ("saved", 1), ("launched", 1)):
        assert len(events_of(plan, step)) == times
        assert is_by(landscape.deployer, *events_of(plan, step))
    for step, times in (("deploy_started", 2), ("application_deployed", 2), ("completed", 1)):
        assert len(events_of(plan, step)) == times
        assert {event.actor_kind for event in events_of(plan, step)} == {"system"}
    started = f"Called POST {BASE}/deployments/{plan.pk}/start?RedeployOutdated=True"
    assert started in calls_of(landscape.deployer)

    again = client.deploy("Shop", "Stock", to=QA)

    assert again.returncode == DONE
    assert "Deployment skipped" in again.stdout
    assert plan_of(shop) == plan


def test_it_starts_a_plan_and_continues_one_of_two_stages(landscape: Landscape, pipeline: Using) -> None:
    acceptance = register_environment(by=SYSTEM, name="Acceptance", purpose="Test", two_stage=True)
    careful = caller("careful", dict.fromkeys((landscape.development, acceptance), Level.CHANGE_AND_DEPLOY))
    basket, search = travelling("Basket", landscape), travelling("Search", landscape)
    prepared = planned(careful, basket, landscape.development, acceptance)
    assert careful.account is not None

    started = pipeline(careful).run("start_deployment_to_target_env", "--destination_env", "Acceptance")

    assert started.returncode == DONE, started.stdout + started.stderr  # it continues by itself
    prepared.refresh_from_db()
    assert prepared.status == Plan.Status.SUCCESSFUL
    assert is_by(careful, *events_of(prepared, "launched"), *events_of(prepared, "continued"))

    manifest = generated(pipeline(careful), "Search")
    first = pipeline(careful).run(
        "deploy_tags_to_target_env_with_manifest",
        *("--source_env_label", "Development", "--destination_env_label", "Acceptance"),
        *("--manifest_file", manifest),
    )

    assert first.returncode == DONE, first.stdout + first.stderr
    assert "first step finished successfully" in first.stdout
    plan = plan_of(search)
    assert plan.status == Plan.Status.WAITING

    continued = pipeline(careful).run(
        "continue_deployment_to_target_env",
        *("--destination_env", "Acceptance", "--deployment_key", str(plan.pk)),
    )

    assert continued.returncode == DONE, continued.stdout + continued.stderr
    plan.refresh_from_db()
    assert plan.status == Plan.Status.SUCCESSFUL
    assert running(search, acceptance) == running(basket, acceptance) == "1.1"
    assert is_by(careful, *events_of(plan, "continued"))


def test_a_manifest_carries_applications_from_tag_to_tag(landscape: Landscape, pipeline: Using) -> None:
    billing = travelling("Billing", landscape)
    report_change(billing, by=SYSTEM, environment=landscape.development)
    client = pipeline(landscape.deployer)

    tagged = client.run("tag_modified_apps", "--destination_env", "Development", "--app_list", "Billing")

    assert tagged.returncode == DONE, tagged.stdout + tagged.stderr
    assert running(billing, landscape.development) == "1.1.1"
    version = Version.objects.get(application=billing, number="1.1.1")
    assert version.created_by == landscape.deployer.account
    assert "outsystems-pipeline" in version.change_log

    manifest = generated(client, "Billing")
    there = client.run(
        "validate_manifest_apps_exist_in_target_env", "--env_label", QA, "--manifest_file", manifest
    )
    assert there.returncode == DONE, there.stdout + there.stderr
    assert "All Trigger Manifest Applications exist" in there.stdout

    done = client.run(
        "deploy_tags_to_target_env_with_manifest",
        *("--source_env_label", "Development", "--destination_env_label", QA),
        *("--manifest_file", manifest, "--include_deployment_zones"),
    )
    assert done.returncode == DONE, done.stdout + done.stderr
    assert running(billing, landscape.qa) == "1.1.1"

    with open(manifest) as file:
        content = json.load(file)
    content["ApplicationVersions"][0]["VersionNumber"] = "1.2"
    with open(manifest, "w") as file:
        json.dump(content, file)
    again = client.run(
        "tag_apps_based_on_manifest_data", "--destination_env", QA, "--manifest_file", manifest
    )
    assert again.returncode == DONE, again.stdout + again.stderr
    assert running(billing, landscape.qa) == "1.2"


def test_a_conflict_makes_it_delete_its_plan(landscape: Landscape, pipeline: Using) -> None:
    frozen = travelling("Frozen", landscape)
    block(frozen, by=SYSTEM, environment=landscape.qa, reason="freeze until Monday")
    client = pipeline(landscape.deployer)

    done = client.deploy("Frozen", to=QA)

    assert done.returncode == 1
    assert "has conflicts" in done.stdout
    (artifacts,) = client.folder.iterdir()
    assert "freeze until Monday" in (artifacts / "DeploymentConflicts").read_text()
    assert not Plan.objects.filter(applications__application=frozen).exists()
    assert is_by(landscape.deployer, Event.objects.filter(activity=f"{PLAN}.discarded").latest("id"))
    assert running(frozen, landscape.qa) == "1.0"


def test_without_permission_in_the_target_it_ends_with_a_clear_error(
    landscape: Landscape, pipeline: Using
) -> None:
    levels = {landscape.development: Level.CHANGE_AND_DEPLOY, landscape.qa: Level.LIST}
    developer, kept = caller("developer", levels), travelling("Kept", landscape)

    done = pipeline(developer).deploy("Kept", to=QA)

    plan = plan_of(kept)
    status = plan.status
    discard_plan(plan, by=SYSTEM)  # a saved plan makes the client wait
    assert done.returncode != DONE
    assert "NotEnoughPermissionsError" in done.stderr
    assert "This needs Change and Deploy in the target for every application of the plan" in done.stderr
    assert running(kept, landscape.qa) == "1.0"
    assert status == Plan.Status.SAVED
    (refused,) = Event.objects.filter(outcome="refused", activity=f"{PLAN}.launched")
    assert is_by(developer, refused)


def test_a_target_that_is_hidden_does_not_exist_for_it(landscape: Landscape, pipeline: Using) -> None:
    before = Plan.objects.count()
    done = pipeline(landscape.deployer).deploy("Portal", to="Production")
    assert done.returncode != DONE
    assert "EnvironmentNotFoundError" in done.stderr
    assert Plan.objects.count() == before


def test_an_account_that_is_deactivated_is_rejected(landscape: Landscape, pipeline: Using) -> None:
    done = pipeline(landscape.callers["deactivated"]).run("fetch_lifetime_data")
    assert done.returncode != DONE
    assert "Authentication failed." in done.stderr
    (rejected,) = Event.objects.filter(activity="users.service_account.api_call_rejected")
    assert (rejected.outcome, rejected.channel) == ("refused", "lifetime-api")


def travelling(name: str, landscape: Landscape) -> Application:
    """An application whose 1.0 runs in Quality Assurance, with a newer tag 1.1 in Development."""
    made: Application = application(name, landscape.development)
    first = tag_version(made, by=SYSTEM, environment=landscape.development, number="1.0")
    deployed(made, by=SYSTEM, environment=landscape.qa, version=first)
    tag_version(made, by=SYSTEM, environment=landscape.development, number="1.1")
    return made


def planned(by: Caller, what: Application, source: Environment, target: Environment) -> Plan:
    """A saved plan that deploys the application's 1.1."""
    assert by.account is not None
    version = Version.objects.get(application=what, number="1.1")
    operation = Operation(what, "deploy", version=version)
    return create_saved_plan(by=by.account, source=source, target=target, operations=[operation])


def generated(client: Pipeline, application: str) -> str:
    """The path of the manifest that the client makes for an application in Development."""
    made = client.run("generate_manifest_file", "--source_env", "Development", "--app_list", application)
    assert made.returncode == DONE, made.stdout + made.stderr
    (path,) = max(client.folder.iterdir()).glob("trigger_manifest/*.json")
    content: dict[str, Any] = json.loads(path.read_text())
    (entry,) = content["ApplicationVersions"]
    assert (entry["ApplicationName"], entry["DeploymentZoneName"]) == (application, "Default")
    return str(path)


def plan_of(what: Application) -> Plan:
    """The one plan in which the application stands."""
    plan: Plan = Plan.objects.get(applications__application=what)
    return plan


def events_of(plan: Plan, step: str) -> list[Event]:
    """What happened to the plan."""
    return list(Event.objects.filter(activity=f"{PLAN}.{step}", entity_key=plan.pk).order_by("id"))


def calls_of(made: Caller) -> list[str]:
    """Return the calls on record of the account."""
    assert made.account is not None
    called = Event.objects.filter(activity="audit.api.called", actor_key=made.account.pk).order_by("id")
    assert is_by(made, *called)
    return [event.sentence for event in called]


def is_by(made: Caller, *happened: Event) -> bool:
    """Say whether these events, at least one, are the service account's, through its token and the LifeTime API."""
    assert made.account is not None
    account, token = made.account.pk, made.account.tokens.get().pk
    expected = ("service", account, token, "lifetime-api")
    found = {(event.actor_kind, event.actor_key, event.token_key, event.channel) for event in happened}
    return found == {expected}


def running(what: Application, place: Environment) -> str:
    """Return the version that runs there."""
    return str(EnvironmentStatus.objects.get(application=what, environment=place).version)
