"""What is sent wrongly is refused in words, and changes nothing."""

import json
from typing import Any

import pytest

from deployments.models import Plan
from tests.api.landscape import BASE, Landscape, plan_body, saved_plan

DEEP = "[" * 100_000
NOTHING_HERE = "There is nothing here, or nothing that you may see."


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "null",
        "[]",
        '"text"',
        "{'Notes': 1}",
        DEEP,
        '{"Notes": NaN}',
        b"\xff\xfe\xfd",
        b'{"Notes": "\xff"}',
        '{"Notes": ' + "9" * 5000 + "}",
    ],
    ids=lambda body: str(body[:20]),
)
def test_a_malformed_body_is_a_400(landscape: Landscape, body: str | bytes) -> None:
    response = landscape.deployer.post("/deployments", body)
    assert response.status_code == 400
    assert response.json()["StatusCode"] == 400
    assert "JSON" in response.json()["Errors"][0]
    assert not Plan.objects.exists()


def test_a_body_over_one_mebibyte_is_a_413(landscape: Landscape) -> None:
    body = plan_body(landscape) | {"Notes": "x" * 1024 * 1024}
    for method, path in (("POST", "/deployments"), ("GET", "/environments"), ("POST", "/nowhere")):
        response = landscape.deployer.call(method, path, body)
        assert response.status_code == 413 if path != "/nowhere" else 404
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"Notes": 1}, 400, "Notes: A text is needed here."),
        ({"Notes": None}, 400, "Notes: A text is needed here."),
        ({"Notes": "a\0b"}, 400, "Notes: This has characters that cannot be kept"),
        ({"Notes": "\ud800"}, 400, "Notes: This has characters that cannot be kept"),
        ({"Notes": "x" * 4001}, 400, "notes: Shorten the notes: 4000 characters are allowed"),
        ({"Surprise": 1}, 400, "The body has unknown fields: 'Surprise'."),
        ({"SourceEnvironmentKey": 7}, 400, "SourceEnvironmentKey: A text is needed here."),
        ({"SourceEnvironmentKey": "guess"}, 404, f"SourceEnvironmentKey: {NOTHING_HERE}"),
        ({"TargetEnvironmentKey": "{production}"}, 404, f"TargetEnvironmentKey: {NOTHING_HERE}"),
        ({"TargetEnvironmentKey": "{development}"}, 400, "target: The target has to be another environment"),
        ({"ApplicationOperations": None}, 400, "ApplicationOperations: A list is needed here."),
        ({"ApplicationOperations": {}}, 400, "ApplicationOperations: A list is needed here."),
        ({"ApplicationOperations": ["x"]}, 400, "ApplicationOperations[0] must be a JSON object."),
        ({"ApplicationOperations": [{}]}, 400, "ApplicationVersionKey: A text is needed here."),
        (
            {"ApplicationOperations": [{"Zone": ""}]},
            400,
            "ApplicationOperations[0] has unknown fields: 'Zone'.",
        ),
        (
            {"ApplicationOperations": [{"ApplicationVersionKey": "guess"}]},
            404,
            f"ApplicationOperations[0]: {NOTHING_HERE}",
        ),
        (
            {"ApplicationOperations": [{"ApplicationVersionKey": "{version}", "DeploymentZoneKey": "zone"}]},
            400,
            "DeploymentZoneKey: ApplicationOperations[0] names a zone that the target does not have.",
        ),
        (
            {"ApplicationOperations": [{"ApplicationVersionKey": "{version}"}] * 2},
            400,
            "operations: Each application can stand in a plan only once.",
        ),
    ],
)
def test_a_wrong_field_is_named(
    landscape: Landscape, changed: dict[str, Any], status: int, words: str
) -> None:
    keys = {
        "{production}": str(landscape.production.pk),
        "{development}": str(landscape.development.pk),
        "{version}": str(landscape.portal_1_1.pk),
    }
    text = json.dumps(plan_body(landscape) | changed)
    for name, key in keys.items():
        text = text.replace(name, key)

    response = landscape.deployer.post("/deployments", text)

    assert response.status_code == status, response.content
    assert response.json()["StatusCode"] == status
    assert words in response.json()["Errors"][0]
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    "field", ["Notes", "SourceEnvironmentKey", "TargetEnvironmentKey", "ApplicationOperations"]
)
def test_a_required_field_that_is_missing_is_named(landscape: Landscape, field: str) -> None:
    body = plan_body(landscape)
    del body[field]
    response = landscape.deployer.post("/deployments", body)
    assert response.status_code == 400
    assert response.json()["Errors"][0].startswith(f"{field}: ")


def test_a_hidden_version_answers_as_an_absent_one(landscape: Landscape) -> None:
    from roles.models import Level
    from tests.api.landscape import caller

    # may enter both places, may list in neither
    visitor = caller("visitor", {landscape.development: Level.ACCESS, landscape.qa: Level.ACCESS})
    hidden = visitor.post("/deployments", plan_body(landscape))
    body = plan_body(landscape)
    body["ApplicationOperations"][0]["ApplicationVersionKey"] = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
    absent = visitor.post("/deployments", body)
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json() == absent.json()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/applications?IncludeEnvStatus=perhaps", "IncludeEnvStatus"),
        ("/applications?IncludeModules=1", "IncludeModules"),
        ("/applications?IncludeModules=True", "IncludeModules"),  # modules stand in the status
        ("/applications/{portal}/versions?MaximumVersionsToReturn=-1", "MaximumVersionsToReturn"),
        ("/applications/{portal}/versions?MaximumVersionsToReturn=many", "MaximumVersionsToReturn"),
        (
            "/applications/{portal}/versions?MaximumVersionsToReturn=99999999999999999999",
            "MaximumVersionsToReturn",
        ),
        ("/deployments?MinDate=yesterday", "MinDate"),
        ("/deployments?MaxDate=2026-02-30", "MaxDate"),
    ],
)
def test_a_wrong_parameter_is_named(landscape: Landscape, path: str, name: str) -> None:
    response = landscape.deployer.get(path.format(portal=landscape.portal.pk))
    assert response.status_code == 400
    assert response.json()["Errors"][0].startswith(f"{name}: ")


def test_a_command_with_a_wrong_switch_does_nothing(landscape: Landscape) -> None:
    key = saved_plan(landscape)
    assert landscape.deployer.post(f"/deployments/{key}/start?RedeployOutdated=maybe").status_code == 400
    assert Plan.objects.get(pk=key).status == "saved"


def test_a_plan_that_was_started_cannot_be_deleted_or_started_again(landscape: Landscape) -> None:
    key = saved_plan(landscape)
    assert landscape.deployer.post(f"/deployments/{key}/start").status_code == 202
    for method, path in (("DELETE", f"/deployments/{key}"), ("POST", f"/deployments/{key}/start")):
        response = landscape.deployer.call(method, path)
        assert response.status_code == 400
        assert "Deployment plan #" in response.json()["Errors"][0]


def test_a_token_in_the_address_opens_nothing(landscape: Landscape) -> None:
    response = landscape.callers["no token"].client.get(
        f"{BASE}/environments?token={landscape.deployer.token}&access_token={landscape.deployer.token}"
    )
    assert response.status_code == 403
