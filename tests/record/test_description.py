"""The API's description is valid, and true: whatever it permits is answered as it says."""

from threading import BoundedSemaphore
from typing import Any

import pytest
from django.test import override_settings
from drf_spectacular.validation import validate_schema
from hypothesis import given

from audit.activity import kinds
from audit.api import feed
from audit.api.description import description
from audit.api.events import Events
from infrastructure.models import ConsoleSettings
from roles.models import Role
from tests import factories
from tests.allowances import PLENTY
from tests.audit.events import event
from tests.describing import CHECKS, cases, one_connection, operations, trying
from tests.record.caller import reader

pytestmark = pytest.mark.django_db
EXAMPLES, OF_EVENTS = 8, 50  # of each operation, and of the one with all the parameters


def test_it_is_valid_openapi_3_1_with_examples() -> None:
    made = description()
    validate_schema(made)  # type: ignore[no-untyped-call]
    assert made["openapi"].startswith("3.1")
    found = made["paths"]["/api/v1/events"]["get"]["responses"]["200"]["content"]
    assert set(found) >= {"application/json", "text/csv", "application/x-ndjson"}
    assert set(found["application/json"]["examples"]) == {"Page", "Feed"}
    for methods in made["paths"].values():
        assert set(methods) == {"get"}
        assert set(methods["get"]["responses"]) >= {"200", "400", "401", "403", "406", "429", "503"}
        assert methods["get"]["security"] == [{"token": []}, {"browser": []}]


def test_it_tells_every_parameter_that_is_known_and_no_other() -> None:
    operation = description()["paths"]["/api/v1/events"]["get"]
    told = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
    assert told == set(Events.parameters)


@pytest.mark.parametrize("operation", operations(description()), ids=lambda operation: operation.label)
def test_it_is_true(operation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every address, with whatever fits its description and with what does not, by who may and by who may not."""
    monkeypatch.setattr(feed, "_waiting", BoundedSemaphore(1))
    feed._waiting.acquire()  # there is no room to wait
    callers = [reader("siem"), reader("guest", factories.developer_role()), None]
    things = existing()
    turns = iter(range(10_000))

    @trying(OF_EVENTS if operation.path == "/api/v1/events" else EXAMPLES)
    @given(case=cases(operation))
    def tried(case: Any) -> None:
        turn = next(turns)
        caller = callers[0 if turn % 4 else turn // 4 % 3]
        if turn % 2 and case.path_parameters:
            known = {"number": turn, "key": things.get(operation.path.split("/")[3])}
            case.path_parameters.update({name: known[name] for name in case.path_parameters})
        headers = {"Authorization": f"Bearer {caller.token}"} if caller else {}
        case.call_and_validate(headers=headers, checks=CHECKS)

    with override_settings(API_LIMITS=PLENTY, ALLOWED_HOSTS=["*"]), one_connection():
        tried()


def existing() -> dict[str, Any]:
    """Return the key of a thing of each kind, by how addresses call the kind; and put events on record."""
    qa = factories.environment("QA")
    things: dict[str, Any] = {
        "environments": qa,
        "infrastructure": ConsoleSettings.load(),
        "roles": Role.objects.first(),
        "users": factories.person("ana.lopes"),
        "service-accounts": factories.service_account(),
        "teams": factories.team("Payments"),
        "applications": factories.application("Portal", qa),
        "deployment-plans": qa,
    }
    for thing in things.values():
        event("Something about it", about=[thing], changes={"Name": [None, "New"]}, ip="192.0.2.1")
    assert len(things) == len(kinds())
    return {name: str(thing.pk) for name, thing in things.items()}
