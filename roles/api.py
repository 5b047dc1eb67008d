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
from audit.activity.documents import refuse_other_key, thing
from audit.activity.gates import fetch
from audit.activity.operations import operation
from audit.activity.parameters import Flag, KeyOf
from audit.activity.shapes import Key
from infrastructure import api as infrastructure
from infrastructure.models import Environment
from roles import activities, services
from roles.levels import RoleLevel
from roles.models import EnvironmentPermission, Level, Role
from roles.registration import register_environment
from roles.shapes import (
    ChangedRoleShape,
    NewRoleShape,
    PermissionLevelShape,
    RegisteredShape,
    RegistrationShape,
    RolePermissionShape,
    RoleShape,
    SentPermissionShape,
    permission_level_json,
    role_json,
)

INCLUDE_PERMISSIONS = Flag("IncludeEnvPermissions", "Say what the role permits in each environment.")
SUCCESSOR = KeyOf("UsersNewRoleKey", "The role that its holders get; needed while somebody holds it.")


def roles(request: Request) -> Any:
    """Return the roles that the caller may see, with what they permit in each environment, in order."""
    rows = EnvironmentPermission.objects.select_related("environment").order_by("environment__position")
    return Role.objects.visible_to(request.user).prefetch_related(Prefetch("levels", rows))


class Roles(LifeTimeView):
    """GET and POST /roles/."""

    permission = None

    @operation({200: list[RoleShape]}, query=(INCLUDE_PERMISSIONS,))
    def get(self, request: Request) -> Response:
        """Answer all roles."""
        activities.listed.record(None, by=caller(request))
        levels = INCLUDE_PERMISSIONS.of(request)
        return Response([role_json(role, levels=levels) for role in roles(request).in_order()])

    @operation({201: Key}, body=NewRoleShape)
    def post(self, request: Request) -> Response:
        """Create a role, whose level has to be said for every environment; answer its key."""
        activities.created.ask(None, by=caller(request))
        sent = self.sent(NewRoleShape)
        levels = sent_levels(sent["environmentPermissions"])
        missing = Environment.objects.exclude(pk__in=levels).in_order().values_list("name", flat=True)
        if missing:
            words = f"Say the level for every environment; missing: {', '.join(missing)}."
            raise ValidationError({"environmentPermissions": words})
        role = services.create_role(by=caller(request), levels=levels, **columns(sent, Role()))
        return Response(str(role.key), status=HTTPStatus.CREATED)


class RoleDetail(LifeTimeView):
    """GET, PUT and DELETE /roles/{RoleKey}/."""

    permission = None

    @operation({200: RoleShape}, query=(INCLUDE_PERMISSIONS,))
    def get(self, request: Request, role: str) -> Response:
        """Answer one role."""
        found = fetch(roles(request), role)
        activities.accessed.record(found, by=caller(request))
        return Response(role_json(found, levels=INCLUDE_PERMISSIONS.of(request)))

    @operation({200: Key}, body=ChangedRoleShape)
    def put(self, request: Request, role: str) -> Response:
        """Change a role: what is not sent stays as it is. Answer its key."""
        found = fetch(roles(request), role)
        sent = self.sent(ChangedRoleShape)
        refuse_other_key(sent, "key", found)
        levels = sent_levels(sent.get("environmentPermissions", []))
        services.change_role(found, by=caller(request), levels=levels, **columns(sent, found))
        return Response(str(found.key))

    @operation({204: None}, query=(SUCCESSOR,))
    def delete(self, request: Request, role: str) -> HttpResponse:
        """Delete a role; whoever holds it gets the role that UsersNewRoleKey names."""
        found, successor = fetch(roles(request), role), SUCCESSOR.of(request)
        replacement = fetch(roles(request), successor) if successor else None
        services.delete_role(found, by=caller(request), replacement=replacement)
        return done()


class PermissionLevels(LifeTimeView):
    """GET /roles/permissionlevels/."""

    permission = "roles.manage"

    @operation({200: list[PermissionLevelShape]})
    def get(self, request: Request) -> Response:  # noqa: ARG002  (the same for all who may ask)
        """Answer the seven levels, of which each includes all lower ones."""
        return Response([permission_level_json(level) for level in Level])


class Environments(infrastructure.Environments):
    """GET and POST /environments/."""

    @operation({201: RegisteredShape}, body=RegistrationShape)
    def post(self, request: Request) -> Response:
        """Register an environment; answer its key. Its credentials are not needed here, and not kept.

        Roles that EnvironmentRolePermissions does not name list applications there, Administrator has Full Control.
        """
        self.ask_to_register(request)
        sent = self.sent(RegistrationShape)
        environment = register_environment(
            by=caller(request),
            name=sent["EnvironmentName"],
            address=sent["EnvironmentAddress"],
            purpose=sent.get("EnvironmentType") or Environment.Purpose.TEST,
            position=sent["EnvironmentPosition"],
            levels=levels_there(request, sent.get("EnvironmentRolePermissions", [])),
        )
        body = RegisteredShape(EnvironmentKey=str(environment.key), ImportedUsers=[])
        return Response(body, status=HTTPStatus.CREATED)


def columns(sent: NewRoleShape | ChangedRoleShape, role: Role) -> dict[str, Any]:
    """Return what a role shall be, as the services take it; what was not sent is as in `role`."""
    return {
        "name": sent.get("name", role.name),
        "description": sent.get("description", role.description),
        "manage_infrastructure": sent.get("manageInfrastructure", role.manage_infrastructure),
        "manage_teams": sent.get("manageTeams", role.manage_teams),
        "view_audit_logs": sent.get("viewAuditLogs", role.view_audit_logs),
    }


def sent_levels(sent: list[SentPermissionShape]) -> dict[UUID, RoleLevel]:
    """Return the levels that the body names, by environment. What the levels may be, the service decides."""
    levels: dict[UUID, RoleLevel] = {}
    for place, row in enumerate(sent):
        environment = thing(row, "environmentKey", Environment.objects.all(), absent=ValidationError)
        if environment.pk in levels:
            where = f"environmentPermissions[{place}]"
            raise ValidationError(f"{where} is about '{environment}', which stands there twice.")
        levels[environment.pk] = RoleLevel(
            row["level"], row.get("createApplications", False), row.get("addDependenciesToSystem", False)
        )
    return levels


def levels_there(request: Request, sent: list[RolePermissionShape]) -> dict[UUID, RoleLevel]:
    """Return what each role named shall permit in an environment that is being registered."""
    levels: dict[UUID, RoleLevel] = {}
    for place, row in enumerate(sent):
        role = thing(row, "RoleKey", roles(request), absent=ValidationError)
        if role.pk in levels:
            where = f"EnvironmentRolePermissions[{place}]"
            raise ValidationError(f"{where} is about '{role}', which stands there twice.")
        levels[role.pk] = RoleLevel(
            row["PermissionLevel"],
            row.get("CanCreateApplications", False),
            row.get("CanAddDependenciesToSystem", False),
        )
    return levels
