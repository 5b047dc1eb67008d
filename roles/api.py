"""Roles in the LifeTime API, and the registration of an environment, which says what each role permits there."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from audit.activity.api import LifeTimeView, caller, done
from audit.activity.documents import flag, items, members, parameter, switch, text, thing, whole
from audit.activity.gates import fetch
from infrastructure import api as infrastructure
from infrastructure.models import Environment
from roles import activities, services
from roles.levels import RoleLevel
from roles.models import EnvironmentPermission, Level, Role
from roles.registration import register_environment

FIELDS = ("key", "name", "description", "manageInfrastructure", "manageTeams", "viewAuditLogs")
LEVEL_FIELDS = (
    *("environmentKey", "environmentName", "level", "levelLabel"),
    *("createApplications", "addDependenciesToSystem"),
)
REGISTRATION_FIELDS = (
    *("EnvironmentName", "EnvironmentAddress", "EnvironmentPosition", "EnvironmentType"),
    *("ServiceCenterUsername", "ServiceCenterPassword", "LifeTimeAddress", "OverridePreviousLifetime"),
    "EnvironmentRolePermissions",
)
MEANINGS = {
    Level.NO_ACCESS: "May not enter the environment.",
    Level.ACCESS: "May enter the environment; sees no application there.",
    Level.LIST: "May see applications and their versions.",
    Level.MONITOR: "May monitor applications, and use what they offer to others.",
    Level.OPEN: "May open and debug applications.",
    Level.CHANGE_AND_DEPLOY: "May change, tag and deploy applications.",
    Level.FULL_CONTROL: "May do everything, the environment's own settings included.",
}


def role_json(role: Role, *, levels: bool) -> dict[str, Any]:
    """Return the documented shape, and `viewAuditLogs`, which is ours; what it permits where, if it was asked for."""
    return {
        "key": str(role.key),
        "name": role.name,
        "description": role.description,
        "manageInfrastructure": role.manage_infrastructure,
        "manageTeams": role.manage_teams,
        "viewAuditLogs": role.view_audit_logs,
        "environmentPermissions": [level_json(row) for row in role.levels.all()] if levels else [],
    }


def level_json(row: EnvironmentPermission) -> dict[str, Any]:
    """Return the documented shape of what a role permits in one environment."""
    return {
        "environmentKey": str(row.environment_id),
        "environmentName": row.environment.name,
        "level": row.level,
        "levelLabel": Level(row.level).label,
        "createApplications": row.create_applications,
        "addDependenciesToSystem": row.add_system_dependencies,
    }


def roles(request: Request) -> Any:
    """Return the roles that the caller may see, with what they permit in each environment, in order."""
    rows = EnvironmentPermission.objects.select_related("environment").order_by("environment__position")
    return Role.objects.visible_to(request.user).prefetch_related(Prefetch("levels", rows))


class Roles(LifeTimeView):
    """GET and POST /roles/."""

    permission = None

    def get(self, request: Request) -> Response:
        """Answer all roles."""
        activities.listed.record(None, by=caller(request))
        levels = flag(request, "IncludeEnvPermissions")
        return Response([role_json(role, levels=levels) for role in roles(request).in_order()])

    def post(self, request: Request) -> Response:
        """Create a role, whose level has to be said for every environment; answer its key."""
        activities.created.ask(None, by=caller(request))
        sent = self.sent(*FIELDS, "environmentPermissions")
        levels = sent_levels(sent)
        missing = Environment.objects.exclude(pk__in=levels).in_order().values_list("name", flat=True)
        if missing:
            words = f"Say the level for every environment; missing: {', '.join(missing)}."
            raise ValidationError({"environmentPermissions": words})
        role = services.create_role(by=caller(request), levels=levels, **columns(sent, Role()))
        return Response(str(role.key), status=HTTPStatus.CREATED)


class RoleDetail(LifeTimeView):
    """GET, PUT and DELETE /roles/{RoleKey}/."""

    permission = None

    def get(self, request: Request, role: str) -> Response:
        """Answer one role."""
        found = fetch(roles(request), role)
        activities.accessed.record(found, by=caller(request))
        return Response(role_json(found, levels=flag(request, "IncludeEnvPermissions")))

    def put(self, request: Request, role: str) -> Response:
        """Change a role: what is not sent stays as it is. Answer its key."""
        found = fetch(roles(request), role)
        sent = self.sent(*FIELDS, "environmentPermissions")
        levels = sent_levels(sent) if "environmentPermissions" in sent else {}
        services.change_role(found, by=caller(request), levels=levels, **columns(sent, found))
        return Response(str(found.key))

    def delete(self, request: Request, role: str) -> HttpResponse:
        """Delete a role; whoever holds it gets the role that UsersNewRoleKey names."""
        found, successor = fetch(roles(request), role), parameter(request, "UsersNewRoleKey")
        replacement = fetch(roles(request), successor) if successor else None
        services.delete_role(found, by=caller(request), replacement=replacement)
        return done()


class PermissionLevels(LifeTimeView):
    """GET /roles/permissionlevels/."""

    permission = "roles.manage"

    def get(self, request: Request) -> Response:  # noqa: ARG002  (the same for all who may ask)
        """Answer the seven levels, of which each includes all lower ones."""
        shape = [(level.value, level.label, MEANINGS[level]) for level in Level]
        return Response(
            [dict(zip(("level", "levelLabel", "description"), one, strict=True)) for one in shape]
        )


class Environments(infrastructure.Environments):
    """GET and POST /environments/."""

    def post(self, request: Request) -> Response:
        """Register an environment; answer its key. Its credentials are not needed here, and not kept.

        Roles that EnvironmentRolePermissions does not name list applications there, Administrator has Full Control.
        """
        self.ask_to_register(request)
        sent = self.sent(*REGISTRATION_FIELDS)
        for name in ("ServiceCenterUsername", "ServiceCenterPassword", "LifeTimeAddress"):
            text(sent, name, required=False)
        switch(sent, "OverridePreviousLifetime", default=False)
        environment = register_environment(
            by=caller(request),
            name=text(sent, "EnvironmentName"),
            address=text(sent, "EnvironmentAddress"),
            purpose=text(sent, "EnvironmentType", required=False) or Environment.Purpose.TEST,
            position=whole(sent, "EnvironmentPosition"),
            levels=levels_there(request, sent),
        )
        body = {"EnvironmentKey": str(environment.key), "ImportedUsers": []}
        return Response(body, status=HTTPStatus.CREATED)


def columns(sent: dict[str, Any], role: Role) -> dict[str, Any]:
    """Return what a role shall be, as the services take it; what was not sent is as in `role`."""
    if (key := text(sent, "key", required=False)) not in {"", str(role.key)} and not role._state.adding:
        raise ValidationError({"key": f"This is {key[:50]!r}, which is not the key in the address."})
    return {
        "name": text(sent, "name") if "name" in sent or role._state.adding else role.name,
        "description": text(sent, "description") if "description" in sent else role.description,
        "manage_infrastructure": switch(sent, "manageInfrastructure", role.manage_infrastructure),
        "manage_teams": switch(sent, "manageTeams", role.manage_teams),
        "view_audit_logs": switch(sent, "viewAuditLogs", role.view_audit_logs),
    }


def sent_levels(sent: dict[str, Any]) -> dict[UUID, RoleLevel]:
    """Return the levels that the body names, by environment. What the levels may be, the service decides."""
    levels: dict[UUID, RoleLevel] = {}
    for place, one in enumerate(items(sent, "environmentPermissions")):
        where = f"environmentPermissions[{place}]"
        row = members(one, where, *LEVEL_FIELDS)
        environment = thing(row, "environmentKey", Environment.objects.all(), absent=ValidationError)
        if environment.pk in levels:
            raise ValidationError(f"{where} is about '{environment}', which stands there twice.")
        levels[environment.pk] = RoleLevel(
            whole(row, "level"),
            switch(row, "createApplications", default=False),
            switch(row, "addDependenciesToSystem", default=False),
        )
    return levels


def levels_there(request: Request, sent: dict[str, Any]) -> dict[UUID, RoleLevel]:
    """Return what each role named shall permit in an environment that is being registered."""
    levels: dict[UUID, RoleLevel] = {}
    names = ("RoleKey", "PermissionLevel", "CanCreateApplications", "CanAddDependenciesToSystem")
    sent = {"EnvironmentRolePermissions": [], **sent}
    for place, one in enumerate(items(sent, "EnvironmentRolePermissions")):
        where = f"EnvironmentRolePermissions[{place}]"
        row = members(one, where, *names)
        role = thing(row, "RoleKey", roles(request), absent=ValidationError)
        if role.pk in levels:
            raise ValidationError(f"{where} is about '{role}', which stands there twice.")
        levels[role.pk] = RoleLevel(
            whole(row, "PermissionLevel"),
            switch(row, "CanCreateApplications", default=False),
            switch(row, "CanAddDependenciesToSystem", default=False),
        )
    return levels
