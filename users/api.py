"""People in the LifeTime API, and the renewal of the token that calls. Service accounts are managed on their pages."""

from http import HTTPStatus
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.views.decorators.debug import sensitive_variables
from rest_framework.request import Request
from rest_framework.response import Response

from audit.activity.api import LifeTimeView, NotKeptHere, caller, done, listing
from audit.activity.documents import flag, moment, parameter, switch, text, thing, whole
from audit.activity.gates import fetch
from roles.models import Role
from users import services
from users.activities import PERSON, address_unblocked, unblocked
from users.lockout import Blocked, blocked_addresses, blocked_sign_ins
from users.models import User

FIELDS = ("Key", "Username", "Name", "Email", "IsActive", "RoleKey", "RoleName", "ApplicationRoles", "Teams")


def user_json(user: User, *, teams: bool, applications: bool) -> dict[str, Any]:
    """Return the documented shape; the roles in teams and for applications if they were asked for."""
    return {
        "Key": str(user.key),
        "Username": user.username,
        "Name": user.name,
        "Email": user.email,
        "IsActive": user.is_active,
        "RoleKey": str(user.role_id),
        "RoleName": user.role.name,
        "ApplicationRoles": [application_role_json(held) for held in user.application_roles.all()]
        if applications
        else [],
        "Teams": [membership_json(held) for held in user.memberships.all()] if teams else [],
    }


def application_role_json(held: Any) -> dict[str, str]:
    """Return the documented shape of a role for an application."""
    return {
        "applicationKey": str(held.application_id),
        "applicationName": held.application.name,
        "roleKey": str(held.role_id),
        "roleName": held.role.name,
    }


def membership_json(held: Any) -> dict[str, str]:
    """Return the documented shape of a role in a team."""
    return {
        "TeamKey": str(held.team_id),
        "TeamName": held.team.name,
        "RoleKey": str(held.role_id),
        "RoleName": held.role.name,
    }


def people(request: Request) -> Any:
    """Return the people whom the caller may see."""
    return User.objects.people().visible_to(request.user).select_related("role")


class UserShapes(LifeTimeView):
    """An operation that answers users, with what the query asks for."""

    permission = None

    def shapes(self, request: Request, found: Any) -> list[dict[str, Any]]:
        """Return the documented shapes."""
        teams, applications = flag(request, "IncludeTeams"), flag(request, "IncludeApplicationRoles")
        parts = [("memberships", "team")] * teams + [("application_roles", "application")] * applications
        for part, place in parts:
            held: Any = User._meta.get_field(part).related_model
            rows = held.objects.select_related(place, "role").order_by(f"{place}__name")
            found = found.prefetch_related(Prefetch(part, rows))
        return [user_json(user, teams=teams, applications=applications) for user in found]


class Users(UserShapes):
    """GET and POST /users/."""

    def get(self, request: Request) -> Response:
        """Answer the people: the active ones, or all with IncludeInactive."""
        PERSON.listed.record(None, by=caller(request))
        found = people(request) if flag(request, "IncludeInactive") else people(request).active()
        return listing(self.shapes(request, found.in_order()))

    def post(self, request: Request) -> Response:
        """Create a person, who cannot sign in until a password is set; answer the key."""
        PERSON.created.ask(None, by=caller(request))
        sent = self.sent(*FIELDS)
        person = services.create_user(
            by=caller(request),
            username=text(sent, "Username"),
            name=text(sent, "Name"),
            email=text(sent, "Email", required=False),
            role=thing(sent, "RoleKey", Role.objects.visible_to(request.user), absent=ValidationError),
            is_active=switch(sent, "IsActive", default=True),
        )
        return Response(str(person.key), status=HTTPStatus.CREATED)


class UserDetail(UserShapes):
    """GET and PUT /users/{UserKey}/."""

    def get(self, request: Request, user: str) -> Response:
        """Answer one person."""
        found: User = fetch(people(request), user)
        PERSON.accessed.record(found, by=caller(request))
        (shape,) = self.shapes(request, people(request).filter(pk=found.pk))
        return Response(shape)

    def put(self, request: Request, user: str) -> Response:
        """Change a person: what is not sent stays as it is. Answer the key."""
        found: User = fetch(people(request), user)
        sent = {"RoleKey": str(found.role_id), **self.sent(*FIELDS)}
        if (key := text(sent, "Key", required=False)) not in {"", str(found.key)}:
            raise ValidationError({"Key": f"This is {key[:50]!r}, which is not the key in the address."})
        services.edit_user(
            found,
            by=caller(request),
            username=text(sent, "Username") if "Username" in sent else found.username,
            name=text(sent, "Name") if "Name" in sent else found.name,
            email=text(sent, "Email") if "Email" in sent else found.email,
            role=thing(sent, "RoleKey", Role.objects.visible_to(request.user)),
            is_active=switch(sent, "IsActive", found.is_active),
        )
        return Response(str(found.key))


class Password(LifeTimeView):
    """POST /users/{UserKey}/setpassword/."""

    permission = None

    @sensitive_variables("sent")
    def post(self, request: Request, user: str) -> HttpResponse:
        """Give a person a password; their sessions end."""
        found = fetch(people(request), user)
        sent = self.sent("password")
        services.set_password(found, by=caller(request), password=text(sent, "password"))
        return done(HTTPStatus.OK)


class TokenRenewal(LifeTimeView):
    """POST /auth/tokens/."""

    permission = None

    def post(self, request: Request) -> Response:
        """Make another token of the calling account, for as many months; the earlier ones end a day later."""
        sent = self.sent("timePeriod", "unit")
        if text({"unit": "M", **sent}, "unit") != "M":
            raise ValidationError({"unit": "Tokens are renewed for months: write M."})
        token, words = services.renew_own_token(by=cast(User, request.user), months=whole(sent, "timePeriod"))
        return Response({"token": words, "expiresAt": moment(token.expires_at)})


class BlockedLogins(LifeTimeView):
    """GET and DELETE /users/{UserKey}/blockedlogins/."""

    permission = None

    def get(self, request: Request, user: str) -> Response:
        """Answer from where the person may not sign in now."""
        refuse_environment(request)
        found: User = fetch(people(request), user)
        unblocked.ask(found, by=caller(request))
        return Response([attempt_json(one, found) for one in blocked_sign_ins(found)])

    def delete(self, request: Request, user: str) -> HttpResponse:
        """Let the person sign in again, from IpAddress or from everywhere. An address not blocked is a 404."""
        refuse_environment(request)
        found, address = fetch(people(request), user), parameter(request, "IpAddress") or None
        unblocked.ask(found, by=caller(request))
        if address is None and not blocked_sign_ins(found):
            return done(HTTPStatus.OK)
        try:
            services.unblock(found, by=caller(request), address=address)
        except ValidationError as error:
            raise Http404(" ".join(error.messages)) from error
        return done(HTTPStatus.OK)


class BlockedAddresses(LifeTimeView):
    """GET /environments/blockedipaddresses/."""

    permission = None

    def get(self, request: Request) -> Response:
        """Answer the addresses from which nobody may sign in now."""
        refuse_environment(request)
        address_unblocked.ask(None, by=caller(request))
        return Response([attempt_json(one, None) for one in blocked_addresses()])


class BlockedAddress(LifeTimeView):
    """DELETE /environments/blockedipaddresses/{IPAddress}/."""

    permission = None

    def delete(self, request: Request, ipaddress: str) -> HttpResponse:
        """Let people sign in again from there. An address that is not blocked is a 404."""
        refuse_environment(request)
        address_unblocked.ask(None, by=caller(request))
        try:
            services.unblock_address(ipaddress, by=caller(request))
        except ValidationError as error:
            raise Http404(" ".join(error.messages)) from error
        return done(HTTPStatus.OK)


def refuse_environment(request: Request) -> None:
    """Raise NotKeptHere for an environment: people sign in to the console, and environments keep their own sign-ins."""
    if parameter(request, "EnvironmentKey"):
        raise NotKeptHere("the sign-ins of environments: leave EnvironmentKey out for those of the console")


def attempt_json(blocked: Blocked, user: User | None) -> dict[str, Any]:
    """Return the documented shape of the last failed attempt from an address, and how many there were."""
    return {
        "userId": str(user.key) if user else "",
        "username": user.username if user else "",
        "success": False,
        "instant": moment(blocked.last_at),
        "ipAddress": blocked.address.partition("/")[0],
        "usernameFailureCount": blocked.failures if user else 0,
        "originAddressFailureCount": 0 if user else blocked.failures,
        "userAgent": blocked.user_agent,
        "visitor": "",
        "requestKey": "",
        "result": "blocked",
        "environmentId": "",
        "environmentName": "",
    }
