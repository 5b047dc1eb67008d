"""Plans in the API: their shape, what reading them does (nothing), and their steps on record."""

import re

from tests.api.landscape import Landscape, events, saved_plan
from tests.factories import SYSTEM

NULL_DATE = "1900-01-01T00:00:00"
INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def test_a_plan_has_the_documented_fields(landscape: Landscape) -> None:
    key = saved_plan(landscape)
    details = landscape.deployer.get(f"/deployments/{key}").json()
    plan = details.pop("Deployment")
    assert plan == landscape.deployer.get("/deployments").json()[0]
    assert details == {
        "ApplicationsToDeploy": [
            {
                "ApplicationKey": str(landscape.portal.pk),
                "ApplicationName": "Portal",
                "IsNew": False,
                "ModulesInBinary": [],
            }
        ],
        "ApplicationsToRedeploy": [],
        "ApplicationConflicts": [],
        "ModulesToDelete": [],
    }
    for step in ("Created", "Saved"):
        assert re.fullmatch(INSTANT, plan.pop(f"{step}On"))
        assert (plan.pop(f"{step}By"), plan.pop(f"{step}ByUsername")) == ("deployer", "deployer")
    for step in ("Started", "Aborted"):
        assert [plan.pop(f"{step}{part}") for part in ("On", "By", "ByUsername")] == [NULL_DATE, "", ""]
    assert plan == {
        "Key": key,
        "SourceEnvironmentKey": str(landscape.development.pk),
        "TargetEnvironmentKey": str(landscape.qa.pk),
        "DetailsURL": f"http://testserver/deployments/{key}/",
        "Notes": "nightly",
        "ApplicationOperations": [
            {
                "ApplicationKey": str(landscape.portal.pk),
                "ApplicationVersionKey": str(landscape.portal_1_1.pk),
                "DeploymentOperation": "Deploy 1.1",
                "DeploymentZoneKey": str(landscape.qa.pk),
            }
        ],
    }
    status = landscape.deployer.get(f"/deployments/{key}/status").json()
    assert status == {"DeploymentStatus": "saved", "Info": "", "DeploymentLog": []}


def test_reading_a_plan_validates_it_and_changes_nothing(landscape: Landscape) -> None:
    from applications.services import block
    from deployments.models import Plan

    key = saved_plan(landscape)
    block(landscape.portal, by=SYSTEM, environment=landscape.qa, reason="freeze")
    before = Plan.objects.values().get(pk=key)

    (conflict,) = landscape.deployer.get(f"/deployments/{key}").json()["ApplicationConflicts"]

    assert "freeze" in conflict["Message"]
    assert conflict["ConsumerApplicationOperation"]["ApplicationKey"] == str(landscape.portal.pk)
    assert conflict["ProducerApplicationOperation"] is None
    assert set(conflict["ModuleConflict"]) == {
        "ProducerModuleKey",
        "ConsumerModuleKey",
        "TotalRequiredElements",
        "ConflictType",
    }
    assert Plan.objects.values().get(pk=key) == before
    refused = landscape.deployer.post(f"/deployments/{key}/start")
    assert refused.status_code == 400
    assert any("freeze" in sentence for sentence in refused.json()["Errors"])


def test_a_draft_is_not_in_the_api(landscape: Landscape) -> None:
    from deployments.services import create_plan

    assert landscape.deployer.account is not None
    draft = create_plan(
        by=landscape.deployer.account, source=landscape.development, target=landscape.qa, operations=[]
    )
    assert landscape.deployer.get("/deployments").status_code == 204
    assert landscape.deployer.get(f"/deployments/{draft.pk}").status_code == 404
    assert landscape.deployer.delete(f"/deployments/{draft.pk}").status_code == 404


def test_plans_are_found_by_day_and_target(landscape: Landscape) -> None:
    key = saved_plan(landscape)

    def found(query: str) -> list[str]:
        response = landscape.lister.get(f"/deployments?{query}")
        return [plan["Key"] for plan in response.json()] if response.status_code == 200 else []

    assert found("MinDate=2000-01-01") == found("MaxDate=9999-12-31") == found("MinDate=0001-01-01") == [key]
    assert found("MinDate=9999-12-31") == found("MaxDate=2000-01-01") == []
    assert found(f"TargetEnvironmentKey={landscape.qa.pk}") == [key]
    assert found(f"TargetEnvironmentKey={landscape.development.pk}") == []
    hidden = landscape.lister.get(f"/deployments?TargetEnvironmentKey={landscape.production.pk}")
    assert hidden.status_code == 404


def test_the_steps_of_a_plan_are_on_record_under_the_account(landscape: Landscape) -> None:
    key = saved_plan(landscape)
    assert landscape.deployer.post(f"/deployments/{key}/start?RedeployOutdated=True").status_code == 202
    assert landscape.deployer.get(f"/deployments/{key}/status").json()["DeploymentStatus"] == "running"
    assert landscape.deployer.post(f"/deployments/{key}/abort").status_code == 202
    assert landscape.deployer.get(f"/deployments/{key}/status").json()["DeploymentStatus"] == "aborting"

    for step in ("created", "selected", "saved", "launched", "aborted"):
        (event,) = events(f"deployments.deployment_plan.{step}")
        assert landscape.deployer.account is not None
        assert event.actor_key == landscape.deployer.account.pk
        assert event.channel == "lifetime-api"
        assert event.token_key is not None
