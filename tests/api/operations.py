"""Every operation of the LifeTime API v2 that the console serves, with what each sort of account gets."""

from typing import Any, NamedTuple

# stranger: No Access anywhere; lister and deployer: in Development and Quality Assurance; lead: lists, and manages the
# team Finance; manager: everything
CALLERS = ("stranger", "lister", "deployer", "lead", "manager")


class Operation(NamedTuple):
    """A call; `{names}` stand for keys. `expected` in the order of CALLERS."""

    method: str
    path: str
    expected: tuple[int, int, int, int, int]
    body: Any = None

    @property
    def names_others(self) -> bool:
        """Say whether a 404 may be about something else than the address: it says what."""
        return self.body is not None or "blocked" in self.path


def everybody(status: int, *, stranger: int = 404) -> tuple[int, int, int, int, int]:
    return (stranger, *[status] * 4)  # type: ignore[return-value]


def manager(status: int, others: int = 404) -> tuple[int, int, int, int, int]:
    return (*[others] * 4, status)  # type: ignore[return-value]


READ = everybody(200)
LEVEL = {"environmentKey": "{development}", "level": 2}
BLOCK = {"environmentKey": "{development}", "isBlocked": True, "isBlockedChangeReason": "freeze"}
LEVELS = [{**LEVEL, "environmentKey": key} for key in ("{development}", "{qa}", "{production}")]
ENVIRONMENT = {
    "EnvironmentName": "Staging",
    "EnvironmentAddress": "staging.example.com",
    "ServiceCenterUsername": "admin",
    "ServiceCenterPassword": "Never-kept-1234",
    "LifeTimeAddress": "lifetime.example.com",
    "EnvironmentPosition": 1,
}
NEW_APPLICATION = {"TemplateKey": "WebResponsive", "TeamKey": "", "Name": "Fresh", "Color": "#3A7BD5"}
NEW_USER = {"Username": "cem.kaya", "Name": "Cem Kaya", "Email": "cem@example.com", "RoleKey": "{spare}"}

OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/applications", everybody(200, stranger=204)),
    Operation("GET", "/applications/{portal}", READ),
    Operation("GET", "/applications/{portal}/configurations", READ),
    Operation(
        "PUT", "/applications/{portal}/configurations", (404, 403, 204, 403, 204), {"configurations": [BLOCK]}
    ),
    Operation("GET", "/applications/{portal}/versions", READ),
    Operation("GET", "/applications/{portal}/versions/{portal_1_0}", READ),
    Operation("GET", "/applications/{ledger}/versions/{portal_1_0}", everybody(404)),
    Operation("DELETE", "/applications/{portal}/versions/{portal_1_0}", (404, 403, 400, 403, 400)),
    Operation("DELETE", "/applications/{portal}/versions/{portal_1_2}", (404, 403, 204, 403, 204)),
    Operation("POST", "/auth/tokens", everybody(200, stranger=200), {"timePeriod": 3, "unit": "M"}),
    Operation("GET", "/deployments", everybody(200, stranger=204)),
    Operation("POST", "/deployments", everybody(201), "plan"),
    Operation("GET", "/deployments/{plan}", READ),
    Operation("PUT", "/deployments/{plan}", READ, "plan"),
    Operation("DELETE", "/deployments/{plan}", (404, 403, 204, 403, 204)),
    Operation("POST", "/deployments/{plan}/start", (404, 403, 202, 403, 202)),
    Operation("POST", "/deployments/{plan}/continue", (404, 403, 400, 403, 400)),  # nothing was prepared
    Operation("POST", "/deployments/{plan}/abort", (404, 403, 400, 403, 400)),  # nothing is under way
    Operation("GET", "/deployments/{plan}/status", READ),
    Operation("GET", "/deployments/{plan}/getmissingdbmappings", READ),
    Operation("POST", "/deployments/{plan}/configuration", READ, []),
    Operation("GET", "/environments", everybody(200, stranger=204)),
    Operation("POST", "/environments", manager(201, 403), ENVIRONMENT),
    Operation("GET", "/environments/{development}", READ),
    Operation("GET", "/environments/{production}", manager(200)),
    Operation("DELETE", "/environments/{production}", manager(204)),
    Operation("DELETE", "/environments/{qa}", (404, 403, 403, 403, 400)),  # Portal runs there
    Operation("GET", "/environments/{development}/applications", READ),
    Operation("POST", "/environments/{development}/applications", (404, 403, 403, 403, 201), NEW_APPLICATION),
    Operation("GET", "/environments/{development}/applications/{portal}", READ),
    Operation("GET", "/environments/{qa}/applications/{ledger}", everybody(404)),
    Operation(
        "POST",
        "/environments/{development}/applications/{portal}/versions",
        (404, 403, 201, 403, 201),
        {"ChangeLog": "third", "Version": "1.4", "MobileVersions": None},
    ),
    Operation("GET", "/environments/{development}/deploymentzones", READ),
    Operation(
        "PUT",
        "/environments/{development}/maintenancemode",
        (404, 403, 403, 403, 200),
        {"IsMaintenanceModeEnabled": True, "Reason": "new disks"},
    ),
    Operation("GET", "/users", manager(200, 403)),
    Operation("POST", "/users", manager(201, 403), NEW_USER),
    Operation("GET", "/users/{ana}", manager(200)),
    Operation("PUT", "/users/{ana}", manager(200), {"Name": "Ana Maria Lopes"}),
    Operation("POST", "/users/{ana}/setpassword", manager(200), {"password": "Another-Horse-Staple-7"}),
    Operation(
        "POST",
        "/users/{ana}/applications",
        (404, 403, 403, 403, 201),
        {"applicationKey": "{portal}", "roleKey": "{spare}"},
    ),
    Operation("DELETE", "/users/{bea}/applications/{portal}", (404, 403, 403, 403, 204)),
    Operation("GET", "/users/{ana}/blockedlogins", manager(200)),
    Operation("GET", "/users/{ana}/blockedlogins?EnvironmentKey={qa}", everybody(501, stranger=501)),
    Operation("DELETE", "/users/{ana}/blockedlogins", manager(200)),
    Operation("DELETE", "/users/{bea}/blockedlogins", manager(200)),  # nothing is blocked
    Operation("DELETE", "/users/{bea}/blockedlogins?IpAddress=192.0.2.7", manager(404)),
    Operation("GET", "/environments/blockedipaddresses", manager(200, 403)),
    Operation("DELETE", "/environments/blockedipaddresses/192.0.2.7", manager(200, 403)),
    Operation("DELETE", "/environments/blockedipaddresses/192.0.2.8", manager(404, 403)),
    Operation("GET", "/teams", (403, 403, 403, 200, 200)),
    Operation("POST", "/teams", manager(201, 403), {"name": "Sales", "description": ""}),
    Operation("GET", "/teams/{finance}", (404, 404, 404, 200, 200)),
    Operation("PUT", "/teams/{finance}", (404, 404, 404, 200, 200), {"name": "Money"}),
    Operation("DELETE", "/teams/{finance}", (404, 404, 404, 403, 204)),
    Operation("POST", "/teams/{finance}/applications", (404, 404, 404, 403, 201), {"Key": "{portal}"}),
    Operation("DELETE", "/teams/{finance}/applications/{ledger}", (404, 404, 404, 200, 200)),
    Operation(
        "POST",
        "/teams/{finance}/users",
        (404, 404, 404, 201, 201),
        {"userKey": "{ana}", "roleKey": "{spare}"},
    ),
    Operation("DELETE", "/teams/{finance}/users/{bea}", (404, 404, 404, 200, 200)),
    Operation("GET", "/roles", manager(200, 403)),
    Operation("POST", "/roles", manager(201, 403), {"name": "Tester", "environmentPermissions": LEVELS}),
    Operation("GET", "/roles/{spare}", manager(200)),
    Operation("PUT", "/roles/{spare}", manager(200), {"environmentPermissions": [LEVEL]}),
    Operation("DELETE", "/roles/{spare}", manager(204)),
    Operation("GET", "/roles/permissionlevels", manager(200, 403)),
    Operation("GET", "/version", everybody(200, stranger=200)),
    Operation("GET", "/modules", everybody(501, stranger=501)),
    Operation("GET", "/nothing/of/the/kind", everybody(404)),
)
