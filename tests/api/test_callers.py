"""Who gets through: every operation, called by every kind of caller."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from audit.models import Event
from tests.api.landscape import BASE, NOTHING_HERE, REJECTED, Caller, Landscape, events

# Every operation, and what the stranger (No Access anywhere), the lister and the deployer get.
# The plan is saved by the deployer; both it and its two environments are seen by the lister.
OPERATIONS: list[tuple[str, str, int, int, int]] = [
    ("GET", "/environments", 204, 200, 200),
    ("GET", "/environments/{development}", 404, 200, 200),
    ("GET", "/environments/{production}", 404, 404, 404),
    ("GET", "/environments/{development}/deploymentzones", 404, 200, 200),
    ("GET", "/environments/{development}/applications", 404, 200, 200),
    ("GET", "/environments/{development}/applications/{portal}", 404, 200, 200),
    ("GET", "/environments/{qa}/applications/{ledger}", 404, 404, 404),
    ("GET", "/environments/{production}/applications/{portal}", 404, 404, 404),
    ("GET", "/applications", 204, 200, 200),
    ("GET", "/applications/{portal}", 404, 200, 200),
    ("GET", "/applications/{portal}/versions", 404, 200, 200),
    ("GET", "/applications/{portal}/versions/{portal_1_0}", 404, 200, 200),
    ("GET", "/applications/{ledger}/versions/{portal_1_0}", 404, 404, 404),
    ("GET", "/deployments", 204, 200, 200),
    ("GET", "/deployments/{plan}", 404, 200, 200),
    ("GET", "/deployments/{plan}/status", 404, 200, 200),
    ("POST", "/deployments", 404, 201, 201),
    ("POST", "/deployments/{plan}/start", 404, 403, 202),
    ("POST", "/deployments/{plan}/continue", 404, 403, 400),  # only a prepared plan can be continued
    ("POST", "/deployments/{plan}/abort", 404, 403, 400),  # only a plan under way can be aborted
    ("DELETE", "/deployments/{plan}", 404, 403, 204),
    ("GET", "/nothing/of/the/kind", 404, 404, 404),
]
NOBODY = ["expired", "deactivated", "no token", "empty token", "unknown token"]


def plan_body(landscape: Landscape) -> dict[str, Any]:
    operation = {"ApplicationVersionKey": str(landscape.portal_1_1.key), "DeploymentZoneKey": ""}
    return {
        "Notes": "nightly",
        "SourceEnvironmentKey": str(landscape.development.key),
        "TargetEnvironmentKey": str(landscape.qa.key),
        "ApplicationOperations": [operation],
    }


def saved_plan(landscape: Landscape) -> str:
    key: str = landscape.deployer.post("/deployments", plan_body(landscape)).json()
    return key


def address(path: str, landscape: Landscape, plan: str) -> str:
    names = ("development", "qa", "production", "portal", "ledger", "portal_1_0")
    return path.format(plan=plan, **{name: getattr(landscape, name).pk for name in names})


def perform(caller: Caller, method: str, path: str, landscape: Landscape, plan: str) -> Any:
    body = plan_body(landscape) if (method, path) == ("POST", "/deployments") else None
    return caller.call(method, address(path, landscape, plan), body)


@pytest.mark.parametrize(("method", "path", "stranger", "lister", "deployer"), OPERATIONS)
def test_every_operation_answers_every_sort_of_account(
    landscape: Landscape, method: str, path: str, stranger: int, lister: int, deployer: int
) -> None:
    plan = saved_plan(landscape)
    for name, expected in (("stranger", stranger), ("lister", lister), ("deployer", deployer)):
        response = perform(landscape.callers[name], method, path, landscape, plan)
        assert response.status_code == expected, f"{name}: {response.content}"
        if expected >= 400:
            assert response.json()["StatusCode"] == expected
            assert response.json()["Errors"]
        if expected == 404 and (method, path) != ("POST", "/deployments"):
            assert response.json() == NOTHING_HERE
        if expected in {202, 204}:
            assert response.content == b""


@pytest.mark.parametrize("name", NOBODY)
def test_nobody_gets_through_without_a_usable_token(landscape: Landscape, name: str) -> None:
    plan = saved_plan(landscape)
    before = Event.objects.count()

    for method, path in [operation[:2] for operation in OPERATIONS]:
        response = perform(landscape.callers[name], method, path, landscape, plan)
        assert (response.status_code, response.json()) == (403, REJECTED)
        rejected = events("users.service_account.api_call_rejected")[-1]
        assert (rejected.outcome, rejected.actor_kind) == ("refused", "anonymous")
        assert rejected.channel == "lifetime-api"
        assert f"Rejected {method} {BASE}{address(path, landscape, plan)}:" in rejected.sentence

    assert Event.objects.count() == before + len(OPERATIONS)


def test_a_call_is_on_record_with_its_account_token_and_origin(landscape: Landscape) -> None:
    landscape.lister.call("GET", "/applications?IncludeEnvStatus=True", **{"User-Agent": "pipeline/1"})

    (called,) = events("audit.api.called")
    account = landscape.lister.account
    assert account is not None
    assert called.actor_key == account.pk
    assert called.token_key == account.tokens.get().pk
    assert (called.channel, called.outcome, called.is_update) == ("lifetime-api", "succeeded", False)
    assert called.sentence == f"Called GET {BASE}/applications?IncludeEnvStatus=True"
    assert called.body["user_agent"] == "pipeline/1"


def test_a_call_that_fails_is_on_record_too(landscape: Landscape) -> None:
    for method, path in (("GET", "/nowhere"), ("DELETE", "/environments"), ("GET", "/environments/guess")):
        landscape.lister.call(method, path)
    sentences = [event.sentence for event in events("audit.api.called")]
    assert sentences == [
        f"Called GET {BASE}/nowhere",
        f"Called DELETE {BASE}/environments",
        f"Called GET {BASE}/environments/guess",
    ]


def test_a_refusal_is_on_record_and_says_what_is_missing(landscape: Landscape) -> None:
    plan = saved_plan(landscape)

    response = landscape.lister.post(f"/deployments/{plan}/start")

    assert response.json()["Errors"] == [
        "This needs Change and Deploy in the target for every application of the plan "
        "(and in the source for those it tags)."
    ]
    (refused,) = Event.objects.filter(outcome="refused")
    assert refused.activity == "deployments.deployment_plan.launched"
    assert landscape.lister.account is not None
    assert refused.actor_key == landscape.lister.account.pk
    assert refused.token_key is not None


def test_what_cannot_be_recorded_is_not_answered(landscape: Landscape) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event RENAME TO audit_event_away")
    response = landscape.lister.get("/environments")
    assert response.status_code == 503
    assert response.json()["StatusCode"] == 503


def test_the_bare_token_is_taken_as_clients_send_it_for_downloads(landscape: Landscape) -> None:
    token = landscape.lister.token
    assert token is not None
    response = Client().get(f"{BASE}/environments", headers={"Authorization": token})
    assert response.status_code == 200


def test_a_browser_session_opens_nothing(landscape: Landscape) -> None:
    from tests.factories import administrator

    browser = Client()
    browser.force_login(administrator())
    assert browser.get(f"{BASE}/environments").status_code == 403


def test_an_answer_names_its_request(landscape: Landscape) -> None:
    response = landscape.lister.get("/environments")
    (called,) = events("audit.api.called")
    assert response["X-Request-ID"] == str(called.request_id)
    assert json.loads(response.content)
