"""The calls of other clients of LifeTime, as they send them (lifetime.md, 6b)."""

from typing import Any

from tests.api.landscape import Caller
from tests.api.organisation import Organisation

JENKINS = "/LifeTimeAPI/rest/v2"  # its scripts write capital letters


def jenkins(caller: Caller, method: str, path: str, body: str = "") -> Any:
    """As PowerShell's Invoke-RestMethod: a GET with a content type, a POST with an empty body."""
    headers = {"Authorization": f"Bearer {caller.token}", "Accept": "application/json"}
    address = f"{JENKINS}/{path}"
    return caller.client.generic(method, address, body, content_type="application/json", headers=headers)


def test_the_powershell_scripts_of_jenkins(organisation: Organisation) -> None:
    """Fetch the landscape, take the newest tag, plan with an empty zone, launch, ask how far it is."""
    deployer, landscape = organisation.landscape.deployer, organisation.landscape
    environments = {one["Name"]: one["Key"] for one in jenkins(deployer, "GET", "environments").json()}
    source, target = environments["Development"], environments["Quality Assurance"]
    (zone,) = jenkins(deployer, "GET", f"environments/{target}/deploymentzones/").json()
    assert zone["IsDefault"] is True
    applications = {one["Name"]: one["Key"] for one in jenkins(deployer, "GET", "applications").json()}
    portal = applications["Portal"]
    (newest,) = jenkins(deployer, "GET", f"applications/{portal}/versions?MaximumVersionsToReturn=1").json()
    assert newest["Version"] == "1.3"
    body = f"""
{{
    "ApplicationOperations": [    {{
        "ApplicationVersionKey": "{newest["Key"]}",
        "DeploymentZoneKey": ""
    }}],
    "Notes" : "Automatic deployment plan created by Jenkins",
    "SourceEnvironmentKey":"{source}",
    "TargetEnvironmentKey":"{target}"
}}"""

    key = jenkins(deployer, "POST", "deployments", body).json()

    assert jenkins(deployer, "POST", f"deployments/{key}/start").status_code == 202
    assert jenkins(deployer, "GET", f"deployments/{key}/status").json()["DeploymentStatus"] == "running"
    assert str(landscape.qa.pk) == target


def test_the_scripts_of_mobile_plugins_are_told_what_there_is_not(organisation: Organisation) -> None:
    """They take an application's package from one environment to another, which no console without packages can."""
    deployer, landscape = organisation.landscape.deployer, organisation.landscape
    versions = deployer.get(f"/applications/{landscape.portal.pk}/versions").json()
    content = deployer.get(f"/applications/{landscape.portal.pk}/versions/{versions[0]['Key']}/content")
    assert content.json() == {
        "Errors": ["This console does not keep the packages of applications."],
        "StatusCode": 501,
    }
    headers = {"Authorization": f"Bearer {deployer.token}"}
    sent = deployer.client.post(
        f"{JENKINS}/environments/{landscape.qa.pk}/deployment/",
        b"\x50\x4b\x03\x04 not text",
        content_type="application/octet-stream",
        headers=headers,
    )
    assert (sent.status_code, sent.json()["StatusCode"]) == (501, 501)


def test_the_tools_of_the_community_server_for_assistants(organisation: Organisation) -> None:
    """o11-lt-mcp: "true" in small letters, null for no body, its own letter case, a plan without environments."""
    manager, landscape = organisation.manager, organisation.landscape
    team, role, bea = organisation.finance.pk, organisation.spare.pk, organisation.bea.pk
    calls: list[tuple[str, str, Any, int]] = [
        ("GET", "/environments/", None, 200),
        ("GET", f"/environments/{landscape.qa.pk}/applications/", None, 200),
        ("GET", f"/environments/{landscape.qa.pk}/deploymentzones/", None, 200),
        ("GET", "/applications/?IncludeModules=true&IncludeEnvStatus=true", None, 200),
        ("GET", f"/applications/{landscape.portal.pk}/configurations/", None, 200),
        ("GET", "/users/?IncludeInactive=true&IncludeTeams=true&IncludeApplicationRoles=true", None, 200),
        ("GET", f"/users/{bea}", None, 200),
        (
            "POST",
            f"/users/{bea}/applications/",
            {"ApplicationKey": str(landscape.ledger.pk), "RoleKey": str(role)},
            201,
        ),
        ("DELETE", f"/users/{bea}/applications/{landscape.ledger.pk}", None, 204),
        ("GET", "/teams/?IncludeUsers=true&IncludeApplications=true", None, 200),
        ("POST", f"/teams/{team}/applications/", {"ApplicationKey": str(landscape.portal.pk)}, 201),
        ("DELETE", f"/teams/{team}/applications/{landscape.portal.pk}", None, 200),
        ("PUT", f"/teams/{team}", {"name": "Money", "description": ""}, 200),
        ("GET", "/roles/", None, 200),
        ("GET", f"/roles/{role}", None, 200),
        ("GET", "/roles/permissionlevels", None, 200),
        (
            "PUT",
            f"/deployments/{organisation.plan}/",
            {
                "Notes": "amended",
                "ApplicationOperations": [
                    {"ApplicationVersionKey": str(landscape.portal_1_1.pk), "DeploymentZoneKey": ""}
                ],
            },
            200,
        ),
        (
            "POST",
            f"/deployments/{organisation.plan}/start/?RedeployOutdated=false&IncludeErrorDetails=true",
            "null",
            202,
        ),
        ("GET", f"/deployments/{organisation.plan}/status/", None, 200),
        ("GET", "/environments/blockedipaddresses/", None, 200),
        ("GET", "/modules/", None, 501),
        ("GET", f"/environments/{landscape.qa.pk}/templates/", None, 501),
    ]
    for method, path, body, expected in calls:
        response = manager.call(method, path, body)
        assert response.status_code == expected, f"{method} {path}: {response.content}"
        if expected >= 400:
            assert all(isinstance(words, str) for words in response.json()["Errors"])
