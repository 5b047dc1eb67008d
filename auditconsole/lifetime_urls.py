"""The LifeTime API v2: one table of all its operations, and their addresses.

With and without the last slash, the base path in any letter case. LifeTime's clients neither follow a redirect of a
POST nor read HTML, so every address below the base path is ours.
"""

import re
from typing import NamedTuple

from django.urls import URLPattern, re_path

from applications import api as applications
from audit.activity.api import LifeTimeView, NotKept, Unknown
from auditconsole.version import Version
from deployments import api as deployments
from infrastructure import api as infrastructure
from roles import api as roles
from teams import api as teams
from users import api as users

# spelled out letter by letter: Django reads patterns backwards too, and (?i:...) it cannot
SERVER = "/lifetimeapi/rest/v2"
BASE = "^" + re.sub("[a-z]", lambda letter: f"[{letter[0]}{letter[0].upper()}]", SERVER.removeprefix("/"))


class Operation(NamedTuple):
    """The methods of a path and the view that serves them; or, for a 501, what the console does not keep."""

    methods: str
    path: str
    view: type[LifeTimeView] = NotKept
    not_kept: str = ""


MODULES = "the modules of which applications consist"
PACKAGES = "the packages of applications"
SOURCE = "the source code of applications"
SOLUTIONS = "solutions"
CONNECTIONS = "connections to databases"
POLICIES = "content security policies"
TEMPLATES = "templates for applications"
APPLICATION = "environments/{EnvironmentKey}/applications/{ApplicationKey}"
MODULE = "environments/{EnvironmentKey}/modules/{ModuleKey}"
CONNECTION = "environments/{EnvironmentKey}/dbconnections/{DbConnectionName}"

# Of two paths that fit an address, the one further up is meant: a word stands above a key.
OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "applications", applications.Applications),
    Operation("GET", "applications/{ApplicationKey}", applications.ApplicationDetail),
    Operation("GET PUT", "applications/{ApplicationKey}/configurations", applications.Configurations),
    Operation("GET", "applications/{ApplicationKey}/versions", applications.Versions),
    Operation(
        "GET DELETE", "applications/{ApplicationKey}/versions/{VersionKey}", applications.VersionDetail
    ),
    Operation("GET", "applications/{ApplicationKey}/versions/{VersionKey}/content", not_kept=PACKAGES),
    Operation("GET", "modules", not_kept=MODULES),
    Operation("GET", "modules/{ModuleKey}", not_kept=MODULES),
    Operation("GET", "modules/{ModuleKey}/versions", not_kept=MODULES),
    Operation("GET", "modules/{ModuleKey}/versions/{ModuleVersionKey}", not_kept=MODULES),
    Operation("POST", "auth/tokens", users.TokenRenewal),
    Operation("GET", "downloads/{DownloadKey}", not_kept=PACKAGES),
    Operation("GET POST", "deployments", deployments.Plans),
    Operation("GET PUT DELETE", "deployments/{DeploymentKey}", deployments.PlanDetail),
    Operation("POST", "deployments/{DeploymentKey}/start", deployments.Start),
    Operation("POST", "deployments/{DeploymentKey}/continue", deployments.Continue),
    Operation("POST", "deployments/{DeploymentKey}/abort", deployments.Abort),
    Operation("GET", "deployments/{DeploymentKey}/status", deployments.PlanStatus),
    Operation("GET", "deployments/{DeploymentKey}/getmissingdbmappings", deployments.MissingDatabaseMappings),
    Operation("POST", "deployments/{DeploymentKey}/configuration", deployments.DatabaseMappings),
    Operation("GET POST", "environments", roles.Environments),
    Operation("GET", "environments/dbconnection/permissionlevels", not_kept=CONNECTIONS),
    Operation("GET", "environments/blockedipaddresses", users.BlockedAddresses),
    Operation("DELETE", "environments/blockedipaddresses/{IPAddress}", users.BlockedAddress),
    Operation("GET DELETE", "environments/{EnvironmentKey}", infrastructure.EnvironmentDetail),
    Operation("GET POST", "environments/{EnvironmentKey}/applications", applications.EnvironmentApplications),
    Operation("GET", APPLICATION, applications.EnvironmentApplicationDetail),
    Operation("GET", f"{APPLICATION}/content", not_kept=PACKAGES),
    Operation("POST", f"{APPLICATION}/versions", applications.RunningVersions),
    Operation("POST", f"{APPLICATION}/sourcecodeaccess", not_kept=SOURCE),
    Operation("GET", f"{APPLICATION}/sourcecodeaccess/{{PackageKey}}/status", not_kept=SOURCE),
    Operation("GET", f"{APPLICATION}/sourcecodeaccess/{{PackageKey}}/download", not_kept=SOURCE),
    Operation("POST", f"{MODULE}/sourcecodeaccess", not_kept=SOURCE),
    Operation("GET", f"{MODULE}/sourcecodeaccess/{{PackageKey}}/status", not_kept=SOURCE),
    Operation("GET", f"{MODULE}/sourcecodeaccess/{{PackageKey}}/download", not_kept=SOURCE),
    Operation("GET", "environments/{EnvironmentKey}/deploymentzones", infrastructure.DeploymentZones),
    Operation("PUT", "environments/{EnvironmentKey}/maintenancemode", infrastructure.MaintenanceMode),
    Operation("GET", "environments/{EnvironmentKey}/templates", not_kept=TEMPLATES),
    Operation("GET PUT", "environments/{EnvironmentKey}/content_security_policies", not_kept=POLICIES),
    Operation("POST", "environments/{EnvironmentKey}/deployment", not_kept=PACKAGES),
    Operation("POST", "environments/{EnvironmentKey}/solution", not_kept=SOLUTIONS),
    Operation("GET", "environments/{EnvironmentKey}/solutionstatus/{SolutionKey}", not_kept=SOLUTIONS),
    Operation("GET", "environments/{EnvironmentKey}/solution/{SolutionKey}", not_kept=SOLUTIONS),
    Operation("GET POST", "environments/{EnvironmentKey}/dbconnections", not_kept=CONNECTIONS),
    Operation("GET PUT DELETE", CONNECTION, not_kept=CONNECTIONS),
    Operation("PUT DELETE", f"{CONNECTION}/rolepermissionlevel", not_kept=CONNECTIONS),
    Operation("GET", f"{CONNECTION}/rolepermissionlevel/{{Role}}", not_kept=CONNECTIONS),
    Operation("PUT DELETE", f"{CONNECTION}/userpermissionlevel", not_kept=CONNECTIONS),
    Operation("GET", f"{CONNECTION}/userpermissionlevel/{{Username}}", not_kept=CONNECTIONS),
    Operation("GET", "environments/{EnvironmentKey}/dbconnection/dbproviders", not_kept=CONNECTIONS),
    Operation("POST", "environments/{EnvironmentKey}/testdbconnection", not_kept=CONNECTIONS),
    Operation("GET POST", "users", users.Users),
    Operation("GET PUT", "users/{UserKey}", users.UserDetail),
    Operation("POST", "users/{UserKey}/setpassword", users.Password),
    Operation("POST", "users/{UserKey}/applications", applications.UserApplications),
    Operation("DELETE", "users/{UserKey}/applications/{ApplicationKey}", applications.UserApplication),
    Operation("GET DELETE", "users/{UserKey}/blockedlogins", users.BlockedLogins),
    Operation("GET POST", "teams", teams.Teams),
    Operation("GET PUT DELETE", "teams/{TeamKey}", teams.TeamDetail),
    Operation("POST", "teams/{TeamKey}/applications", applications.TeamApplications),
    Operation("DELETE", "teams/{TeamKey}/applications/{ApplicationKey}", applications.TeamApplication),
    Operation("POST", "teams/{TeamKey}/users", teams.TeamUsers),
    Operation("DELETE", "teams/{TeamKey}/users/{UserKey}", teams.TeamUser),
    Operation("GET POST", "roles", roles.Roles),
    Operation("GET", "roles/permissionlevels", roles.PermissionLevels),
    Operation("GET PUT DELETE", "roles/{RoleKey}", roles.RoleDetail),
    Operation("GET", "version", Version),
)
# what a view calls the key that its address names, where that is not the name without "Key"
NAMES = {"DeploymentKey": "plan"}


def address(operation: Operation) -> URLPattern:
    """Return the address of an operation."""
    pattern = re.sub(r"\{(\w+)\}", lambda name: f"(?P<{argument(name[1])}>[^/]+)", operation.path)
    if not operation.not_kept:
        return re_path(rf"{BASE}/{pattern}/?\Z", operation.view.as_view())
    methods = operation.methods.replace("GET", "GET HEAD").lower().split()
    view = NotKept.as_view(what=operation.not_kept, http_method_names=methods)
    return re_path(rf"{BASE}/{pattern}/?\Z", view)


def argument(name: str) -> str:
    """Return what a view calls a part of its address: "application" for {ApplicationKey}."""
    return NAMES.get(name, name.removesuffix("Key").lower())


urlpatterns = [
    *(address(operation) for operation in OPERATIONS),
    re_path(rf"{BASE}(?:/[\s\S]*)?\Z", Unknown.as_view()),
]
