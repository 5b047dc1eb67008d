"""What is answered: the documented shapes, and no more than the caller may see."""

from applications.services import deployed, report_change, tag_version
from auditconsole.version import version
from roles.models import Level
from tests.api.landscape import Landscape, caller, events
from tests.factories import SYSTEM, application, role, team
from users.models import User


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


def test_the_console_says_which_it_is(landscape: Landscape) -> None:
    answer = landscape.stranger.get("/version").json()
    assert answer.pop("version") == answer.pop("fullVersion") == version()
    assert answer == {"name": "Audit Console", "platformServerVersion": ""}


def test_opening_details_is_on_record_with_the_thing(landscape: Landscape) -> None:
    landscape.lister.get(f"/applications/{landscape.portal.pk}")
    landscape.lister.get(f"/environments/{landscape.qa.pk}/applications/{landscape.portal.pk}")
    sentences = [event.sentence for event in events("applications.application.accessed")]
    assert sentences == ["Accessed application 'Portal' details"] * 2
