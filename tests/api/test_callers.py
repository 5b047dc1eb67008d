"""Who gets through: every operation, called by every kind of caller."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from tests.allowances import LASTING
from tests.api.landscape import BASE, NOTHING_HERE, REJECTED, Caller, Landscape, events, saved_plan
from tests.api.operations import CALLERS, OPERATIONS
from tests.api.organisation import Organisation
from tests.databases import undone
from tests.factories import SYSTEM
from users.services import issue_token

NOBODY = ["expired", "deactivated", "no token", "empty token", "unknown token"]


@pytest.mark.parametrize("name", CALLERS)
def test_every_operation_answers_every_sort_of_account(organisation: Organisation, name: str) -> None:
    caller = organisation.callers[name]
    for operation in OPERATIONS:
        expected = operation.expected[CALLERS.index(name)]
        with undone():
            response = organisation.perform(caller, operation)
        words = f"{name}: {operation.method} {operation.path}: {response.content}"
        assert response.status_code == expected, words
        if expected >= 400:
            assert response.json()["StatusCode"] == expected
            assert response.json()["Errors"]
        if expected in {202, 204}:
            assert response.content == b"", words
        if expected == 404 and not operation.names_others:
            assert response.json() == NOTHING_HERE, words


@pytest.mark.parametrize("name", NOBODY)
def test_nobody_gets_through_without_a_usable_token(
    organisation: Organisation, name: str, settings: Any
) -> None:
    settings.API_LIMITS = {**settings.API_LIMITS, "rejected": (len(OPERATIONS), LASTING)}
    before = Event.objects.count()

    for operation in OPERATIONS:
        response = organisation.perform(organisation.callers[name], operation)
        assert (response.status_code, response.json()) == (403, REJECTED)

    rejected = list(Event.objects.order_by("id")[before:])
    assert len(rejected) == len(OPERATIONS)
    for event, operation in zip(rejected, OPERATIONS, strict=True):
        assert event.activity == "users.service_account.api_call_rejected"
        assert (event.outcome, event.actor_kind, event.channel) == ("refused", "anonymous", "lifetime-api")
        path = organisation.filled(operation.path)
        assert f"Rejected {operation.method} {BASE}{path}:" in event.sentence

    # guessing has an end, and cannot fill the record
    answer = organisation.perform(organisation.callers[name], OPERATIONS[0])
    assert (answer.status_code, answer.json()["StatusCode"]) == (429, 429)
    assert int(answer["Retry-After"]) > 0
    assert Event.objects.count() == before + len(rejected)


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


def test_an_allowance_is_told_and_ends_in_the_manner_of_the_api_and_costs_no_message_more(
    landscape: Landscape, settings: Any
) -> None:
    settings.API_LIMITS = {**settings.API_LIMITS, "lifetime": (2, LASTING)}
    landscape.lister.get("/environments")  # prepares what is prepared once a connection
    assert landscape.lister.account is not None
    _, text = issue_token(landscape.lister.account, by=SYSTEM)
    other = Caller(text)
    with CaptureQueriesContext(connection) as asked:
        answer = other.get("/environments")  # another token of the account
    assert (answer["RateLimit-Limit"], answer["RateLimit-Remaining"]) == ("2", "0")
    assert not any(query["sql"].startswith("SELECT has_any_column") for query in asked)
    assert "Retry-After" not in answer
    before = Event.objects.count()
    answer = landscape.lister.get("/nowhere")
    assert (answer.status_code, answer["RateLimit-Remaining"]) == (429, "0")
    assert answer["Retry-After"] == answer["RateLimit-Reset"]
    assert answer.json()["StatusCode"] == 429
    assert answer.json()["Errors"] == [f"Too many requests; come back in {answer['Retry-After']} seconds."]
    assert Event.objects.count() == before
    assert landscape.callers["deployer"].get("/environments").status_code == 200  # others have their own


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
