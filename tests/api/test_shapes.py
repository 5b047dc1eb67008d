"""What is answered: the documented shapes, no more than the caller may see, and a pinned number of queries."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.services import deployed, report_change, tag_version
from roles.models import Level
from tests.api.landscape import Caller, Landscape, caller, events
from tests.api.test_callers import plan_body, saved_plan
from tests.factories import SYSTEM, application, role, team
from users.models import User

NULL_DATE = "1900-01-01T00:00:00"
INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def test_environments_stand_in_order_with_the_documented_fields(landscape: Landscape) -> None:
    first, second = landscape.lister.get("/environments").json()
    assert first == {
        "Key": str(landscape.development.pk),
        "Name": "Development",
        "OSVersion": "",
        "Order": 0,
        "DetailsURL": f"http://testserver/infrastructure/environments/{landscape.development.pk}/",
        "HostName": "dev.example.com",
        "UseHTTPS": True,
        "EnvironmentType": "Development",
        "NumberOfFrontEnds": 1,
        "ApplicationServerType": "",
        "ApplicationServer": "",
        "DatabaseProvider": "",
        "IsCloudEnvironment": False,
        "IsOffline": False,
    }
    assert (second["Name"], second["Order"]) == ("Quality Assurance", 1)
    assert landscape.lister.get(f"/environments/{landscape.development.pk}").json() == first


def test_an_environment_has_one_default_zone(landscape: Landscape) -> None:
    (zone,) = landscape.lister.get(f"/environments/{landscape.qa.pk}/deploymentzones").json()
    assert zone == {
        "Key": str(landscape.qa.pk),
        "Name": "Default",
        "IsDefault": True,
        "DeploymentTechnology": {"Key": "", "Name": ""},
    }


def test_an_application_has_the_documented_fields(landscape: Landscape) -> None:
    report_change(landscape.portal, by=SYSTEM, environment=landscape.development)
    shape = landscape.lister.get(f"/applications/{landscape.portal.pk}?IncludeEnvStatus=True").json()
    statuses = shape.pop("AppStatusInEnvs")
    assert shape == {
        "Key": str(landscape.portal.pk),
        "Name": "Portal",
        "Kind": "WebResponsive",
        "Team": "",
        "TeamKey": "",
        "Description": "",
        "URLPath": "",
        "IconHash": "",
        "IconURL": "",
        "DetailsURL": f"http://testserver/applications/{landscape.portal.pk}/",
        "IsSystem": False,
    }
    in_development, in_qa = statuses
    assert in_development == {
        "EnvironmentKey": str(landscape.development.pk),
        "BaseApplicationVersionKey": str(landscape.portal_1_1.pk),
        "BaseApplicationVersionLabel": "1.1",
        "IsModified": True,
        "IsModifiedReason": "Module_Modified",
        "IsModifiedMessage": "The application was modified since version 1.1",
        "ConsistencyStatus": "",
        "ConsistencyStatusMessages": "",
        "MobileAppsStatus": [],
        "ModuleStatusInEnvs": [],
        "DeploymentZoneKey": str(landscape.development.pk),
    }
    assert in_qa["BaseApplicationVersionKey"] == str(landscape.portal_1_0.pk)
    assert (in_qa["IsModified"], in_qa["IsModifiedReason"], in_qa["IsModifiedMessage"]) == (False, "", "")


def test_the_status_is_left_out_unless_asked_for(landscape: Landscape) -> None:
    for query in ("", "?IncludeModules=False&IncludeEnvStatus=False", "?includeenvstatus=false"):
        names = {
            shape["Name"]: shape["AppStatusInEnvs"]
            for shape in landscape.lister.get(f"/applications{query}").json()
        }
        assert names == {"Ledger": [], "Portal": []}
    with_it = landscape.lister.get("/applications?IncludeModules=True&includeEnvStatus=TRUE").json()
    assert [len(shape["AppStatusInEnvs"]) for shape in with_it] == [1, 2]


def test_the_status_shows_only_where_the_caller_may_list(landscape: Landscape) -> None:
    deployed(landscape.portal, by=SYSTEM, environment=landscape.production, version=landscape.portal_1_0)
    one_place = caller("one.place", {landscape.development: Level.LIST, landscape.qa: Level.ACCESS})

    for path in (f"/applications/{landscape.portal.pk}", "/applications"):
        answer = one_place.get(f"{path}?IncludeEnvStatus=True").json()
        shape = answer if isinstance(answer, dict) else next(one for one in answer if one["Name"] == "Portal")
        places = [status["EnvironmentKey"] for status in shape["AppStatusInEnvs"]]
        assert places == [str(landscape.development.pk)]
    # entered, but not listed there
    assert one_place.get(f"/environments/{landscape.qa.pk}").status_code == 200
    assert one_place.get(f"/environments/{landscape.qa.pk}/applications").status_code == 204
    hidden = one_place.get(f"/environments/{landscape.qa.pk}/applications/{landscape.portal.pk}")
    absent = landscape.lister.get(f"/environments/{landscape.qa.pk}/applications/{landscape.ledger.pk}")
    assert (hidden.status_code, hidden.json()) == (absent.status_code, absent.json())


def test_a_role_in_a_team_shows_and_hides_the_teams_applications(landscape: Landscape) -> None:
    from applications.services import put_in_team

    mate = caller("mate", {landscape.development: Level.ACCESS})
    assert isinstance(mate.account, User)
    listing = role("Lists in a team", {landscape.development: Level.LIST})
    put_in_team(landscape.ledger, by=SYSTEM, team=team("Finance", {mate.account: listing}))

    (shape,) = mate.get("/applications").json()
    assert (shape["Name"], shape["Team"]) == ("Ledger", "Finance")
    assert mate.get(f"/applications/{landscape.portal.pk}").status_code == 404


def test_an_environment_answers_the_status_there_alone(landscape: Landscape) -> None:
    path = f"/environments/{landscape.qa.pk}/applications"
    (shape,) = landscape.lister.get(f"{path}?IncludeEnvStatus=True").json()
    assert shape["Name"] == "Portal"
    assert [status["EnvironmentKey"] for status in shape["AppStatusInEnvs"]] == [str(landscape.qa.pk)]
    assert landscape.lister.get(f"{path}/{landscape.portal.pk}?IncludeEnvStatus=True").json() == shape


def test_an_application_that_was_never_tagged_has_no_base_version(landscape: Landscape) -> None:
    fresh = application("Fresh", landscape.development)
    (status,) = landscape.lister.get(f"/applications/{fresh.pk}?IncludeEnvStatus=true").json()[
        "AppStatusInEnvs"
    ]
    assert (status["BaseApplicationVersionKey"], status["BaseApplicationVersionLabel"]) == ("", "")
    assert status["IsModifiedMessage"] == "The application was modified and was never tagged"


def test_versions_are_answered_newest_first(landscape: Landscape) -> None:
    for patch in range(2, 8):
        tag_version(landscape.portal, by=SYSTEM, environment=landscape.development, number=f"1.{patch}")
    path = f"/applications/{landscape.portal.pk}/versions"

    def numbers(query: str = "") -> list[str]:
        return [version["Version"] for version in landscape.lister.get(f"{path}{query}").json()]

    assert numbers() == ["1.7", "1.6", "1.5", "1.4", "1.3"]
    assert numbers("?MaximumVersionsToReturn=1") == ["1.7"]
    assert numbers("?MaximumVersionsToReturn=0") == []
    assert len(numbers("?MaximumVersionsToReturn=999999999")) == 8
    assert numbers("?ChangeLogFilter=SECOND") == ["1.1"]
    assert numbers("?ChangeLogFilter=%25") == []


def test_a_version_has_the_documented_fields(landscape: Landscape) -> None:
    path = f"/applications/{landscape.portal.pk}/versions/{landscape.portal_1_0.pk}"
    shape = landscape.lister.get(f"{path}?IncludeModules=True&IncludeEnvStatus=True").json()
    created = landscape.portal_1_0.created_at
    assert shape == {
        "Key": str(landscape.portal_1_0.pk),
        "ApplicationKey": str(landscape.portal.pk),
        "Version": "1.0",
        "ChangeLog": "first",
        "CreatedOn": f"{created:%Y-%m-%dT%H:%M:%S}.{created.microsecond // 1000:03}Z",
        "InUse": True,
        "MobileVersions": [],
        "PrimaryColor": "",
        "NativeHash": "",
        "ModuleVersions": [],
        "EnvironmentKey": str(landscape.development.pk),
    }


def test_a_version_does_not_name_an_environment_that_the_caller_may_not_enter(landscape: Landscape) -> None:
    in_qa_only = caller("qa.only", {landscape.qa: Level.LIST})
    path = f"/applications/{landscape.portal.pk}/versions/{landscape.portal_1_0.pk}"
    assert in_qa_only.get(path).json()["EnvironmentKey"] == ""


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


def test_opening_details_is_on_record_with_the_thing(landscape: Landscape) -> None:
    landscape.lister.get(f"/applications/{landscape.portal.pk}")
    landscape.lister.get(f"/environments/{landscape.qa.pk}/applications/{landscape.portal.pk}")
    sentences = [event.sentence for event in events("applications.application.accessed")]
    assert sentences == ["Accessed application 'Portal' details"] * 2


# Of these queries, five are the same for every call: may the record be written, whose token is it, a savepoint around
# the event of the call, and the event.
LISTS = [
    ("/environments", 6),
    ("/applications", 6),
    ("/applications?IncludeEnvStatus=True", 7),
    ("/environments/{development}/applications?IncludeEnvStatus=True", 8),
    ("/applications/{portal}/versions?MaximumVersionsToReturn=100", 8),
    ("/deployments", 7),
]


@pytest.mark.parametrize(("path", "expected"), LISTS)
def test_a_list_takes_as_many_queries_whatever_it_holds(
    landscape: Landscape, path: str, expected: int
) -> None:
    path = path.format(development=landscape.development.pk, portal=landscape.portal.pk)
    saved_plan(landscape)
    landscape.deployer.get(path)  # notes the token's use, once in a while
    few, shorter = queries(landscape.deployer, path)

    grow(landscape)

    many, longer = queries(landscape.deployer, path)
    assert longer > shorter
    assert few == many == expected


def queries(caller: Caller, path: str) -> tuple[int, int]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer: Any = caller.get(path)
    return len(captured), len(answer.json())


def grow(landscape: Landscape) -> None:
    """More of everything that a list holds."""
    from infrastructure.services import register_environment
    from roles.levels import RoleLevel
    from roles.services import change_role

    more = register_environment(by=SYSTEM, name="Acceptance", purpose="Test")
    account = landscape.deployer.account
    assert account is not None
    held = account.role
    levels = {row.environment_id: RoleLevel(Level(row.level)) for row in held.levels.all()}
    levels[more.pk] = RoleLevel(Level.CHANGE_AND_DEPLOY)
    change_role(held, by=SYSTEM, name=held.name, levels=levels)
    place = team("Commerce")
    for name in ("Shop", "Stock", "Search", "Basket"):
        one = application(name, landscape.development, team=place)
        tagged = tag_version(one, by=SYSTEM, environment=landscape.development, number="2.0")
        deployed(one, by=SYSTEM, environment=more, version=tagged)
        body = plan_body(landscape)
        body["ApplicationOperations"].append(
            {"ApplicationVersionKey": str(tagged.pk), "DeploymentZoneKey": ""}
        )
        assert landscape.deployer.post("/deployments", body).status_code == 201
    for patch in range(2, 6):
        tag_version(landscape.portal, by=SYSTEM, environment=landscape.development, number=f"1.{patch}")
