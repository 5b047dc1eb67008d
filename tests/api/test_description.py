"""The description of the LifeTime API is whole, valid, and true: whatever is called is answered as it says."""

import re
from collections import Counter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client, RequestFactory, override_settings
from drf_spectacular.validation import validate_schema
from hypothesis import given
from jsonschema import Draft202012Validator

from auditconsole.lifetime_urls import OPERATIONS
from auditconsole.reference.lifetime import lifetime_description
from auditconsole.version import Version
from deployments.models import Plan
from tests.allowances import PLENTY
from tests.api.landscape import BASE, REJECTED, Caller, Landscape, events
from tests.api.operations import OPERATIONS as PERFORMED
from tests.api.operations import Operation, everybody
from tests.api.organisation import Organisation
from tests.databases import undone
from tests.describing import CHECKS, cases, one_connection, operations, trying
from tests.factories import administrator
from users.api import INCLUDE_TEAMS
from users.shapes import NewUserShape

EXAMPLES, OF_NOTHING = 5, 1  # of each operation that is served, of each that is not
# by the names that parameters and fields have: things that exist
EXISTING = {
    "applicationkey": "portal",
    "versionkey": "portal_1_2",
    "applicationversionkey": "portal_1_1",
    "deploymentkey": "plan",
    "environmentkey": "development",
    "sourceenvironmentkey": "development",
    "targetenvironmentkey": "qa",
    "userkey": "ana",
    "teamkey": "finance",
    "rolekey": "spare",
    "usersnewrolekey": "spare",
}
UNDER_WAY = (
    (Operation("POST", "/deployments/{plan}/continue", everybody(202)), Plan.Status.WAITING),
    (Operation("POST", "/deployments/{plan}/abort", everybody(202)), Plan.Status.RUNNING),
)


def described() -> dict[str, Any]:
    """The operations by method and path."""
    paths = lifetime_description()["paths"]
    return {
        f"{method.upper()} {path}": one for path, methods in paths.items() for method, one in methods.items()
    }


def test_it_is_valid_openapi_3_1_and_names_the_operations_of_the_table() -> None:
    made = lifetime_description()
    validate_schema(made)  # type: ignore[no-untyped-call]
    assert made["openapi"].startswith("3.1")
    table = {f"{method} /{row.path}/": row for row in OPERATIONS for method in row.methods.split()}
    found = described()
    assert set(found) == set(table)
    for name, operation in found.items():
        row = table[name]
        inside = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        assert inside == set(re.findall(r"\{(\w+)\}", name))
        assert operation["security"] == [{"token": []}]
        assert operation["summary"]
        succeeding = {status for status in operation["responses"] if status < "300"}
        assert ("501" in operation["responses"], bool(succeeding)) == (
            bool(row.not_kept) or "blocked" in row.path,
            not row.not_kept,
        )


def test_its_examples_are_as_it_says() -> None:
    components = lifetime_description()["components"]
    shown = 0
    for name, operation in described().items():
        for part in [operation.get("requestBody", {}), *operation["responses"].values()]:
            told = components["responses"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
            for content in told.get("content", {}).values():
                validator = Draft202012Validator({**content["schema"], "components": components})
                for example in content["examples"].values():
                    shown += 1
                    assert not list(validator.iter_errors(example["value"])), name
    assert shown > 500


def test_it_is_true(organisation: Organisation) -> None:
    """Every operation, with what fits its description and with what does not, by who may and by who may not."""
    outcomes = Counter[tuple[str, int]]()
    faults = []
    known = operations(lifetime_description(), refuse_more=False)
    with override_settings(API_LIMITS=PLENTY, ALLOWED_HOSTS=["*"]), one_connection():
        meant = [(one, Plan.Status.SAVED) for one in PERFORMED if one.expected[-1] != 404]
        for performed, status in [*meant, *UNDER_WAY]:
            outcomes += Counter([call(organisation, known, performed, status)])
        for operation in known:
            try:
                outcomes += tried(organisation, operation)
            except BaseException as fault:
                faults.append(f"{operation.label}: {fault}")
    assert not faults, "\n\n".join(faults)
    served = {name for name, one in described().items() if not one["summary"].startswith("Not kept")}
    assert served == {label for label, status in outcomes if status < 300}


def tried(organisation: Organisation, operation: Any) -> Counter[tuple[str, int]]:
    """How generated calls of an operation ended. Raises whatever is not as described."""
    callers = [organisation.manager, organisation.landscape.lister, Caller(None)]
    is_served = "2" in {status[0] for status in operation.definition.raw["responses"]}
    outcomes, turns = Counter[tuple[str, int]](), iter(range(10_000))

    @trying(EXAMPLES if is_served else OF_NOTHING)
    @given(case=cases(operation))
    def each(case: Any) -> None:
        turn = next(turns)
        if turn % 3:
            case.path_parameters = existing(case.path_parameters, organisation)
            case.body = existing(case.body, organisation)
        caller = callers[0 if turn % 4 else turn // 4 % 3]
        headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
        with undone():
            response = case.call_and_validate(headers=headers, checks=CHECKS)
        outcomes[operation.label, response.status_code] += 1

    each()
    return outcomes


def existing(value: Any, organisation: Organisation) -> Any:
    """Put keys of things that exist where keys stand."""
    if isinstance(value, list):
        return [existing(one, organisation) for one in value]
    if not isinstance(value, dict):
        return value
    keys = organisation.keys
    return {
        name: keys[EXISTING[name.lower()]]
        if name.lower() in EXISTING and isinstance(inner, str)
        else existing(inner, organisation)
        for name, inner in value.items()
    }


def call(organisation: Organisation, known: list[Any], performed: Operation, plan: str) -> tuple[str, int]:
    """How a call that means something ends, where the plan is so far. Raises if that is not as described."""
    address = urlsplit(organisation.filled(performed.path))
    operation, inside = found(known, performed.method, f"{address.path}/")
    case = operation.Case(
        path_parameters=inside,
        query=dict(parse_qsl(address.query)),
        headers={"Authorization": f"Bearer {organisation.manager.token}"},
        **({} if performed.body is None else {"body": organisation.body(performed.body)}),
        **({} if performed.body is None else {"media_type": "application/json"}),
    )
    with undone():
        Plan.objects.filter(pk=organisation.plan).update(status=plan)
        response = case.call_and_validate(checks=CHECKS)
    assert response.status_code == performed.expected[-1]
    return operation.label, response.status_code


def found(known: list[Any], method: str, path: str) -> tuple[Any, dict[str, str]]:
    """The operation that is meant, and what stands in its path: a word stands above a key."""
    for operation in sorted(known, key=lambda one: one.path.count("{")):
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation.path)
        if operation.method.upper() == method and (match := re.fullmatch(pattern, path)):
            return operation, match.groupdict()
    pytest.fail(f"{method} {path} is not described.")


def test_a_view_reads_nothing_that_it_does_not_declare() -> None:
    view = Version()
    view.setup(RequestFactory().get("/?IncludeTeams=True"))
    with pytest.raises(LookupError, match="does not declare IncludeTeams"):
        INCLUDE_TEAMS.of(view.initialize_request(view.request))
    with pytest.raises(LookupError, match="declares another body"):
        view.sent(NewUserShape)


def test_it_is_handed_out_to_whoever_is_known(landscape: Landscape) -> None:
    answer = landscape.stranger.get("/openapi.json")
    assert (answer.status_code, answer.json()) == (200, lifetime_description())
    (called,) = events("audit.api.called")
    assert called.sentence == "Called GET /lifetimeapi/rest/v2/openapi.json"
    browser = Client()
    browser.force_login(administrator())
    assert browser.get(f"{BASE}/openapi.json").status_code == 200  # it draws the reference
    refused = landscape.callers["no token"].get("/openapi.json")
    assert (refused.status_code, refused.json()) == (403, REJECTED)
