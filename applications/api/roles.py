"""The roles that users hold for one application."""

from http import HTTPStatus
from typing import Any, cast

from django.http import HttpResponse
from rest_framework.request import Request

from applications import services
from applications.activities import role_granted, role_revoked
from applications.api.shapes import UserRoleShape
from applications.models import Application
from applications.services.roles import grantable_roles
from audit.activity.api import LifeTimeView, caller, done
from audit.activity.documents import thing
from audit.activity.gates import fetch
from audit.activity.operations import operation
from roles.models import Role
from users.models import User


class UserApplications(LifeTimeView):
    """POST /users/{UserKey}/applications/."""

    permission = None

    @operation({201: None}, body=UserRoleShape)
    def post(self, request: Request, user: str) -> HttpResponse:
        """Give a user a role for an application, or another one."""
        sent, by = self.sent(UserRoleShape), caller(request)
        application = thing(sent, "applicationKey", Application.objects.visible_to(request.user))
        role_granted.ask(application, by=by)  # before anything is said about users and roles
        found = fetch(User.objects.active().filter(is_builtin=False), user)
        role = thing(sent, "roleKey", roles(request, application))
        change = application.roles.filter(user=found).exists()
        (services.change_role if change else services.grant_role)(application, by=by, user=found, role=role)
        return done(HTTPStatus.CREATED)


class UserApplication(LifeTimeView):
    """DELETE /users/{UserKey}/applications/{ApplicationKey}/."""

    permission = None

    @operation({204: None})
    def delete(self, request: Request, user: str, application: str) -> HttpResponse:
        """Take a user's role for an application away."""
        found = fetch(Application.objects.visible_to(request.user), application)
        role_revoked.ask(found, by=caller(request))
        holder = fetch(User.objects.filter(application_roles__application=found), user)
        services.revoke_role(found, by=caller(request), user=holder)
        return done()


def roles(request: Request, application: Application) -> Any:
    """Return the roles that the caller may see: all, or those that they may hand out for the application."""
    every: Any = Role.objects.visible_to(request.user)
    return every if every.exists() else grantable_roles(application, cast(User, request.user))
