"""Every operation that takes a body refuses what is not one, in words, and changes nothing.

Bodies with a wrong field: test_refusals.py.
"""

import json
import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from audit.activity.documents import parsed
from audit.models import Event
from tests.api.operations import OPERATIONS, Operation
from tests.api.organisation import Organisation
from tests.databases import undone

# what each needs at least; nothing of PUT users, teams, roles is needed, for what is not sent stays as it is
TAKING = [one for one in OPERATIONS if one.body is not None and one.expected[-1] < 400]
NOTHING_HERE = "There is nothing here, or nothing that you may see."

WRONG: list[tuple[str, str, Any, int, str]] = [
    ("POST", "/auth/tokens", {"timePeriod": 0, "unit": "M"}, 400, "months: Choose a life of 1 to 12"),
    ("POST", "/auth/tokens", {"timePeriod": True, "unit": "M"}, 400, "timePeriod: A whole number"),
    ("POST", "/auth/tokens", {"timePeriod": 1, "unit": "Y"}, 400, "unit: Tokens are renewed for months"),
    ("POST", "/environments", {"EnvironmentPosition": 9}, 400, "position: Choose a position from 0 to 3"),
    ("POST", "/environments", {"EnvironmentAddress": "http://x"}, 400, "address: 'http://x' is no host"),
    (
        "POST",
        "/environments",
        {"EnvironmentRolePermissions": [{"RoleKey": "guess", "PermissionLevel": 1}]},
        400,
        f"RoleKey: {NOTHING_HERE}",
    ),
    (
        "POST",
        "/environments",
        {"EnvironmentRolePermissions": [{"RoleKey": "{spare}", "PermissionLevel": 7}]},
        400,
        "Choose a level from 0 to 6.",
    ),
    ("POST", "/users", {"RoleKey": "guess"}, 400, f"RoleKey: {NOTHING_HERE}"),
    ("POST", "/users", {"IsActive": "yes"}, 400, "IsActive: Write true or false here."),
    ("POST", "/users", {"Email": "nonsense"}, 400, "email: Write the e-mail address as"),
    ("POST", "/users", {"Username": "ANA.LOPES"}, 400, "username: There is an account of this username"),
    ("PUT", "/users/{ana}", {"Key": "{bea}"}, 400, "Key: This is"),
    ("PUT", "/users/{ana}", {"RoleKey": "guess"}, 404, f"RoleKey: {NOTHING_HERE}"),
    ("POST", "/users/{ana}/setpassword", {"password": "short"}, 400, "password: "),
    ("POST", "/teams", {"name": ""}, 400, "name: Enter the name; it cannot be empty."),
    ("PUT", "/teams/{finance}", {"key": "{ana}"}, 400, "key: This is"),
    (
        "POST",
        "/teams/{finance}/applications",
        {"ApplicationKey": "{ledger}"},
        400,
        "Key: Write the key of one application, as Key or as ApplicationKey.",
    ),
    (
        "POST",
        "/roles",
        {"environmentPermissions": []},
        400,
        "environmentPermissions: Say the level for ev",
    ),
    ("POST", "/roles", {"manageInfrastructure": True}, 400, "manage_teams: 'Manage Infrastructure and"),
    (
        "PUT",
        "/roles/{spare}",
        {"environmentPermissions": [{"environmentKey": "{qa}", "level": 2}] * 2},
        400,
        "environmentPermissions[1] is about 'Quality Assurance', which stands there twice.",
    ),
    (
        "PUT",
        "/applications/{portal}/configurations",
        {"configurations": [{"environmentKey": "guess", "isBlocked": True}]},
        404,
        f"environmentKey: {NOTHING_HERE}",
    ),
    (
        "POST",
        "/environments/{development}/applications",
        {"TemplateKey": "ReactiveWebApp"},
        400,
        "TemplateKey: There are no templates here; write a kind: WebResponsive, Mobile, Service.",
    ),
    (
        "POST",
        "/environments/{development}/applications/{portal}/versions",
        {"MobileVersions": [{"NativePlatform": "iOS"}]},
        400,
        "MobileVersions: This console keeps no mobile packages",
    ),
    (
        "POST",
        "/environments/{development}/applications/{portal}/versions",
        {"Version": "1.2"},
        400,
        "number: Version 1.2 exists already. The next free number is",
    ),
    (
        "POST",
        "/deployments/{plan}/configuration",
        [{}],
        400,
        "This console keeps no database connections",
    ),
]


def test_no_operation_takes_what_is_no_body_of_its(organisation: Organisation) -> None:
    assert len(TAKING) == 19
    for operation in TAKING:
        is_list = isinstance(operation.body, list)
        wrong: list[Any] = [
            "{",
            "",
            '{"Name": "a", "Name": "b"}',
            "[" * 50_000,
        ]
        wrong += [] if is_list else [{"\ud800": ""}]
        for body in wrong:
            refused(organisation, operation, body, 400)
        refused(organisation, operation, b" " * 1024 * 1024 + b"{}", 413)


def test_a_body_that_says_it_is_something_else_is_refused(organisation: Organisation) -> None:
    for operation in TAKING:
        headers = {"Authorization": f"Bearer {organisation.manager.token}"}
        path = f"/lifetimeapi/rest/v2{organisation.filled(operation.path)}"
        before = changes()
        response = organisation.manager.client.generic(
            operation.method, path, b"<a/>", content_type="application/xml", headers=headers
        )
        assert response.status_code == 415, operation
        assert response.json()["Errors"] == ["Send the body as application/json, not as 'application/xml'."]
        assert changes() == before


def test_what_is_wrong_is_named(organisation: Organisation) -> None:
    for method, path, body, status, words in WRONG:
        (operation,) = (one for one in TAKING if (one.method, one.path) == (method, path))
        sent = {**operation.body, **body} if isinstance(body, dict) else body
        response = refused(organisation, operation._replace(body=sent), organisation.body(sent), status)
        assert words in response.json()["Errors"][0], words


def test_finding_the_field_that_stands_there_twice_takes_one_look() -> None:
    body = json.dumps({f"k{number}": 0 for number in range(60_000)})[:-1] + ', "k59999": 0}'
    before = time.process_time()
    with pytest.raises(ValidationError, match="'k59999' stands there twice"):
        parsed(body.encode())
    assert time.process_time() - before < 2  # by comparing each with each it would be minutes


def test_a_command_takes_no_body(organisation: Organisation) -> None:
    path = f"/deployments/{organisation.plan}/start"
    response = organisation.manager.post(path, {"Force": True})
    assert (response.status_code, response.json()["Errors"]) == (400, ["This operation takes no body."])


def test_one_fault_among_many_blocks_changes_none(organisation: Organisation) -> None:
    landscape, deployer = organisation.landscape, organisation.landscape.deployer
    rows = [
        {"environmentKey": str(place.pk), "isBlocked": True, "isBlockedChangeReason": reason}
        for place, reason in ((landscape.development, "freeze"), (landscape.qa, "two\nlines"))
    ]
    path = f"/applications/{landscape.portal.pk}/configurations"
    assert deployer.put(path, {"configurations": rows}).status_code == 400
    assert not landscape.portal.blocks.exists()
    before = changes()
    rows[1] = {**rows[1], "environmentKey": str(landscape.production.pk)}
    assert deployer.put(path, {"configurations": rows}).status_code == 404  # hidden from it
    assert changes() == before


def refused(organisation: Organisation, operation: Operation, body: Any, status: int) -> Any:
    """The answer to a call that fails and changes nothing."""
    before = changes()
    with undone():
        response = organisation.manager.call(operation.method, organisation.filled(operation.path), body)
        where = f"{operation.method} {operation.path} {str(body)[:40]}: {response.content}"
        assert response.status_code == status, where
        assert response.json()["StatusCode"] == status
        assert all(isinstance(words, str) and words for words in response.json()["Errors"])
        assert changes() == before, where
    return response


def changes() -> int:
    """How many changes are on record."""
    return int(Event.objects.filter(is_update=True).count())
