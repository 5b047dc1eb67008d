"""What is made through the API is found, changed, listed and deleted through it; each step is on record."""

from typing import Any

from django.test import Client

from audit.models import Event
from tests.api.organisation import Organisation
from tests.factories import PASSWORD


def found(answer: Any, name: str, key: str = "name") -> dict[str, Any]:
    """The one of a list with this name."""
    (one,) = [shape for shape in answer.json() if shape[key] == name]
    return dict(one)


def by(organisation: Organisation) -> set[str]:
    """The activities that the manager's token performed through the API."""
    account = organisation.manager.account
    assert account is not None
    done = Event.objects.filter(
        actor_key=account.pk, channel="lifetime-api", is_update=True, outcome="succeeded"
    )
    assert not done.filter(token_key=None).exists()
    return {code.rpartition(".")[2] for code in done.values_list("activity", flat=True)}


def test_a_role(organisation: Organisation) -> None:
    manager, landscape = organisation.manager, organisation.landscape
    places = (landscape.development, landscape.qa, landscape.production)
    level = {"level": 5, "createApplications": True, "addDependenciesToSystem": False}
    levels = [{"environmentKey": str(place.pk), **level} for place in places]

    made = manager.post("/roles/", {"name": "Tester", "manageTeams": True, "environmentPermissions": levels})

    key = made.json()
    shape = manager.get(f"/roles/{key}?IncludeEnvPermissions=True").json()
    names = {"environmentKey": str(places[0].pk), "environmentName": "Development"}
    label = {"levelLabel": "Change and Deploy Applications"}
    assert shape["environmentPermissions"][0] == {**names, **level, **label}
    assert [row["environmentName"] for row in shape["environmentPermissions"]] == [str(one) for one in places]
    assert {name: shape[name] for name in list(shape)[:-1]} == {
        "key": key,
        "name": "Tester",
        "description": "",
        "manageInfrastructure": False,
        "manageTeams": True,
        "viewAuditLogs": False,
    }
    listed = found(manager.get("/roles"), "Tester")
    assert listed == {**shape, "environmentPermissions": []}

    # what is read can be sent back, changed
    shape["environmentPermissions"][0]["level"] = 6
    changed = manager.put(f"/roles/{key}/", {**shape, "name": "Taster", "viewAuditLogs": True})
    assert (changed.status_code, changed.json()) == (200, key)
    again = manager.get(f"/roles/{key}?IncludeEnvPermissions=true").json()
    assert (again["name"], again["viewAuditLogs"], again["environmentPermissions"][0]["level"]) == (
        "Taster",
        True,
        6,
    )
    assert manager.put(f"/roles/{key}", {"description": "tastes"}).status_code == 200
    kept = manager.get(f"/roles/{key}?IncludeEnvPermissions=true").json()
    assert kept == {**again, "description": "tastes"}

    person = manager.post("/users", {"Username": "t", "Name": "Tia Ito", "Email": "", "RoleKey": key}).json()
    refused = manager.delete(f"/roles/{key}")
    assert (refused.status_code, refused.json()["Errors"]) == (
        400,
        ["replacement: 'Taster' is held by somebody. Choose the role that they get instead."],
    )
    assert manager.delete(f"/roles/{key}?UsersNewRoleKey={organisation.spare.pk}").status_code == 204
    assert manager.get(f"/users/{person}").json()["RoleName"] == "Successor"
    assert manager.get(f"/roles/{key}").status_code == 404
    assert {"created", "updated", "renamed", "level_changed", "switch_changed", "deleted"} <= by(organisation)


def test_a_person(organisation: Organisation) -> None:
    manager, role = organisation.manager, organisation.spare
    body = {"Username": "cem.kaya", "Name": "Cem Kaya", "Email": "cem@example.com", "RoleKey": str(role.pk)}

    key = manager.post("/users", {**body, "IsActive": False}).json()

    expected = {**body, "Key": key, "IsActive": False, "RoleName": "Successor"}
    shape = manager.get(f"/users/{key}").json()
    assert shape == {**expected, "ApplicationRoles": [], "Teams": []}
    assert key not in str(manager.get("/users").content)
    assert found(manager.get("/users?IncludeInactive=True"), key, "Key") == shape

    changed = manager.put(f"/users/{key}", {**shape, "Name": "Cem Demir", "IsActive": True})
    assert (changed.status_code, changed.json()) == (200, key)
    other = str(organisation.bea.role_id)
    moved = manager.put(f"/users/{key}", {"RoleKey": other})
    assert moved.status_code == 200
    shape = manager.get(f"/users/{key}").json()
    assert (shape["RoleName"], shape["Name"], shape["IsActive"]) == ("Spare", "Cem Demir", True)
    assert manager.post(f"/users/{key}/setpassword", {"password": PASSWORD}).status_code == 200
    assert Client().post("/sign-in/", {"username": "cem.kaya", "password": PASSWORD}).status_code == 302

    portal, ledger = organisation.landscape.portal, organisation.landscape.ledger
    held = {"ApplicationKey": str(portal.pk), "RoleKey": str(role.pk)}  # as a client writes the names
    for role_key in (held["RoleKey"], other):
        assert manager.post(f"/users/{key}/applications/", {**held, "RoleKey": role_key}).status_code == 201
    team = f"/teams/{organisation.finance.pk}"
    for role_key in (str(role.pk), other):
        sent = {"userKey": key, "roleKey": role_key}
        assert manager.post(f"{team}/users/", sent).status_code == 201
    shape = manager.get(f"/users/{key}?includeTeams=True&includeApplicationRoles=True").json()
    assert (shape["Name"], shape["IsActive"]) == ("Cem Demir", True)
    (application,), (membership,) = shape["ApplicationRoles"], shape["Teams"]
    assert application == {
        "applicationKey": str(portal.pk),
        "applicationName": "Portal",
        "roleKey": other,
        "roleName": "Spare",
    }
    assert membership == {
        "TeamKey": str(organisation.finance.pk),
        "TeamName": "Finance",
        "RoleKey": other,
        "RoleName": "Spare",
    }

    assert manager.delete(f"/users/{key}/applications/{portal.pk}").status_code == 204
    assert manager.delete(f"/users/{key}/applications/{ledger.pk}").status_code == 404
    assert manager.delete(f"{team}/users/{key}").status_code == 200
    done = {"created", "deactivated", "updated", "activated", "password_set", "role_granted"}
    done |= {
        "default_role_changed",
        "role_changed",
        "role_revoked",
        "member_added",
        "member_role_changed",
        "member_removed",
    }
    assert done <= by(organisation)


def test_a_team(organisation: Organisation) -> None:
    manager, portal = organisation.manager, str(organisation.landscape.portal.pk)

    made = manager.post("/teams", {"name": "Sales", "description": "sells"})

    team = made.json()
    key = team["key"]
    assert made.status_code == 201
    assert team == {"key": key, "name": "Sales", "description": "sells", "users": [], "applications": []}
    for name in ("Key", "ApplicationKey"):  # clients call it by both
        assert manager.post(f"/teams/{key}/applications/", {name: portal}).status_code == 201
    sent = {"userKey": str(organisation.ana.pk), "roleKey": str(organisation.spare.pk)}
    assert manager.post(f"/teams/{key}/users", sent).status_code == 201

    shape = found(manager.get("/teams?IncludeUsers=True&IncludeApplications=True"), "Sales")
    assert shape["applications"] == [{"Key": portal, "Name": "Portal"}]
    (member,) = shape["users"]
    assert member == {
        "UserKey": sent["userKey"],
        "Name": "Ana Lopes",
        "Username": "ana.lopes",
        "RoleKey": sent["roleKey"],
        "RoleName": "Successor",
    }
    assert found(manager.get("/applications"), portal, "Key")["Team"] == "Sales"

    renamed = manager.put(f"/teams/{key}", {**shape, "name": "Revenue"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Revenue")
    assert manager.get(f"/teams/{key}").json() == {**team, "name": "Revenue"}
    assert manager.delete(f"/teams/{key}/applications/{portal}").status_code == 200
    assert manager.delete(f"/teams/{key}/applications/{portal}").status_code == 400
    assert manager.delete(f"/teams/{key}").status_code == 204
    assert manager.get(f"/teams/{key}").status_code == 404
    expected = {"created", "renamed", "put_in_team", "taken_out_of_team", "member_added", "deleted"}
    assert expected <= by(organisation)


def test_an_environment(organisation: Organisation) -> None:
    manager = organisation.manager
    level = {"RoleKey": str(organisation.spare.pk), "PermissionLevel": 1}
    body = {
        "EnvironmentName": "Staging",
        "EnvironmentAddress": "staging.example.com",
        "ServiceCenterUsername": "admin",
        "ServiceCenterPassword": "Never-kept-1234",
        "LifeTimeAddress": "lifetime.example.com",
        "EnvironmentPosition": 2,
        "OverridePreviousLifetime": True,
        "EnvironmentRolePermissions": [level],
    }

    made = manager.post("/environments", body)

    key = made.json()["EnvironmentKey"]
    assert (made.status_code, made.json()) == (201, {"EnvironmentKey": key, "ImportedUsers": []})
    assert not Event.objects.filter(details__contains="Never-kept").exists()
    names = [one["Name"] for one in manager.get("/environments").json()]
    assert names == ["Development", "Quality Assurance", "Staging", "Production"]
    role = manager.get(f"/roles/{organisation.spare.pk}?IncludeEnvPermissions=True").json()
    levels = {row["environmentName"]: row["level"] for row in role["environmentPermissions"]}
    assert levels["Staging"] == 1

    path = f"/environments/{key}/maintenancemode"
    assert manager.put(path, {"IsMaintenanceModeEnabled": True}).status_code == 400  # say why
    assert manager.put(path, {"IsMaintenanceModeEnabled": True, "Reason": "new disks"}).status_code == 200
    assert manager.get(f"/environments/{key}").json()["IsOffline"] is True
    assert manager.put(path, {"IsMaintenanceModeEnabled": False}).status_code == 200
    assert manager.get(f"/environments/{key}").json()["IsOffline"] is False

    assert manager.delete(f"/environments/{key}").status_code == 204
    assert manager.get(f"/environments/{key}").status_code == 404
    expected = {
        "registered",
        "order_switched",
        "level_changed",
        "maintenance_enabled",
        "maintenance_disabled",
    }
    assert {*expected, "unregistered"} <= by(organisation)


def test_an_application_is_created_tagged_blocked_and_its_version_deleted(organisation: Organisation) -> None:
    manager, landscape = organisation.manager, organisation.landscape
    place = f"/environments/{landscape.development.pk}/applications"
    body = {
        "TemplateKey": "Service",
        "TeamKey": str(organisation.finance.pk),
        "Name": "Fresh",
        "Color": "#FFF",
    }

    made = manager.post(place, body)

    key = made.json()["ApplicationKey"]
    shape = found(manager.get(place), "Fresh", "Name")
    assert (made.status_code, shape["Kind"], shape["Team"], shape["Key"]) == (201, "Service", "Finance", key)
    versions = [
        manager.post(f"{place}/{key}/versions", {"Version": number, "ChangeLog": number}).json()
        for number in ("0.1", "0.2")
    ]
    kept = manager.get(f"/applications/{key}/versions").json()
    assert [(one["Version"], one["InUse"]) for one in kept] == [("0.2", True), ("0.1", False)]
    old = f"/applications/{key}/versions/{versions[0]['ApplicationVersionKey']}"
    assert manager.delete(old).status_code == 204
    assert manager.get(old).status_code == 404

    settings = f"/applications/{key}/configurations"
    block = {"environmentKey": str(landscape.production.pk), "isBlocked": True}
    assert manager.put(settings, {"configurations": [block]}).status_code == 400  # say why
    block["isBlockedChangeReason"] = "audit"
    assert manager.put(settings, {"configurations": [block]}).status_code == 204
    shown = manager.get(settings).json()["configurations"]
    assert [row for row in shown if row["isBlocked"]] == [block]
    assert len(shown) == 3
    for row in shown:
        row["isBlocked"] = not row["isBlocked"]
        row["isBlockedChangeReason"] = "turned around"
    assert manager.put(settings, {"configurations": shown}).status_code == 204
    after = manager.get(settings).json()["configurations"]
    assert [row["isBlocked"] for row in after] == [True, True, False]
    assert {"created_in_team", "tagged", "version_deleted", "blocked", "unblocked"} <= by(organisation)


def test_a_plan_is_changed(organisation: Organisation) -> None:
    deployer, landscape = organisation.landscape.deployer, organisation.landscape
    path = f"/deployments/{organisation.plan}"
    operations = [
        {"ApplicationVersionKey": str(organisation.portal_1_2.pk), "DeploymentZoneKey": ""},
        {"ApplicationVersionKey": str(landscape.ledger_1_0.pk), "DeploymentZoneKey": str(landscape.qa.pk)},
    ]

    changed = deployer.put(path, {"Notes": "both", "ApplicationOperations": operations})

    before = deployer.get(path).json()["Deployment"]
    assert "DetailsURL" not in changed.json()
    assert changed.json()["ApplicationOperations"] == operations
    assert [one["DeploymentOperation"] for one in before["ApplicationOperations"]] == [
        "Deploy 1.0",
        "Deploy 1.2",
    ]
    assert before["Notes"] == changed.json()["Notes"] == "both"
    other = {"ApplicationOperations": [], "TargetEnvironmentKey": str(landscape.development.pk)}
    assert deployer.put(path, other).status_code == 400
    assert deployer.post(f"{path}/start").status_code == 202
    late = deployer.put(path, {"ApplicationOperations": []})
    assert (late.status_code, "can be saved" in late.json()["Errors"][0]) == (400, True)
