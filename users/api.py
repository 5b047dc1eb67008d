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
from audit.activity.documents import moment, refuse_other_key, thing
from audit.activity.gates import fetch
from audit.activity.operations import operation
from audit.activity.parameters import Flag, Words
from audit.activity.shapes import Key
from roles.models import Role
from users import services
from users.activities import PERSON, address_unblocked, unblocked
from users.lockout import blocked_addresses, blocked_sign_ins
from users.models import User
from users.shapes import (
    ChangedUserShape,
    LoginAttemptShape,
    NewUserShape,
    PasswordShape,
    RenewalShape,
    RenewedTokenShape,
    UserShape,
    attempt_json,
    user_json,
)

INCLUDE_INACTIVE = Flag("IncludeInactive", "Answer those, too, who may not sign in.")
INCLUDE_TEAMS = Flag("IncludeTeams", "Say the roles in teams.")
INCLUDE_ROLES = Flag("IncludeApplicationRoles", "Say the roles for applications.")
IP_ADDRESS = Words("IpAddress", "The address that shall be unblocked; every one, if it is left out.")
ENVIRONMENT = Words("EnvironmentKey", "An environment, which keeps its own sign-ins: 501 unless it is empty.")


def people(request: Request) -> Any:
    """Return the people whom the caller may see."""
    return User.objects.people().visible_to(request.user).select_related("role")


class UserShapes(LifeTimeView):
    """An operation that answers users, with what the query asks for."""

    permission = None

    def shapes(self, request: Request, found: Any) -> list[UserShape]:
        """Return the documented shapes."""
        teams, applications = INCLUDE_TEAMS.of(request), INCLUDE_ROLES.of(request)
        parts = [("memberships", "team")] * teams + [("application_roles", "application")] * applications
        for part, place in parts:
            held: Any = User._meta.get_field(part).related_model
            rows = held.objects.select_related(place, "role").order_by(f"{place}__name")
            found = found.prefetch_related(Prefetch(part, rows))
        return [user_json(user, teams=teams, applications=applications) for user in found]


class Users(UserShapes):
    """GET and POST /users/."""

    @operation({200: list[UserShape], 204: None}, query=(INCLUDE_INACTIVE, INCLUDE_TEAMS, INCLUDE_ROLES))
    def get(self, request: Request) -> Response:
        """Answer the people: the active ones, or all with IncludeInactive."""
        PERSON.listed.record(None, by=caller(request))
        found = people(request) if INCLUDE_INACTIVE.of(request) else people(request).active()
        return listing(self.shapes(request, found.in_order()))

    @operation({201: Key}, body=NewUserShape)
    def post(self, request: Request) -> Response:
        """Create a person, who cannot sign in until a password is set; answer the key."""
        PERSON.created.ask(None, by=caller(request))
        sent = self.sent(NewUserShape)
        person = services.create_user(
            by=caller(request),
            username=sent["Username"],
            name=sent["Name"],
            email=sent.get("Email") or "",
            role=thing(sent, "RoleKey", Role.objects.visible_to(request.user), absent=ValidationError),
            is_active=sent.get("IsActive", True),
        )
        return Response(str(person.key), status=HTTPStatus.CREATED)


class UserDetail(UserShapes):
    """GET and PUT /users/{UserKey}/."""

    @operation({200: UserShape}, query=(INCLUDE_TEAMS, INCLUDE_ROLES))
    def get(self, request: Request, user: str) -> Response:
        """Answer one person."""
        found: User = fetch(people(request), user)
        PERSON.accessed.record(found, by=caller(request))
        (shape,) = self.shapes(request, people(request).filter(pk=found.pk))
        return Response(shape)

    @operation({200: Key}, body=ChangedUserShape)
    def put(self, request: Request, user: str) -> Response:
        """Change a person: what is not sent stays as it is. Answer the key."""
        found: User = fetch(people(request), user)
        sent = self.sent(ChangedUserShape)
        refuse_other_key(sent, "Key", found)
        services.edit_user(
            found,
            by=caller(request),
            username=sent.get("Username", found.username),
            name=sent.get("Name", found.name),
            email=sent.get("Email", found.email),
            role=thing(
                {"RoleKey": str(found.role_id), **sent}, "RoleKey", Role.objects.visible_to(request.user)
            ),
            is_active=sent.get("IsActive", found.is_active),
        )
        return Response(str(found.key))


class Password(LifeTimeView):
    """POST /users/{UserKey}/setpassword/."""

    permission = None

    @operation({200: None}, body=PasswordShape)
    @sensitive_variables("sent")
    def post(self, request: Request, user: str) -> HttpResponse:
        """Give a person a password; their sessions end, and their personal tokens for good."""
        found = fetch(people(request), user)
        sent = self.sent(PasswordShape)
        services.set_password(found, by=caller(request), password=sent["password"])
        return done(HTTPStatus.OK)


class TokenRenewal(LifeTimeView):
    """POST /auth/tokens/."""

    permission = None

    @operation({200: RenewedTokenShape}, body=RenewalShape)
    def post(self, request: Request) -> Response:
        """Make another token of the calling account, for as many months; the earlier ones end a day later."""
        months = self.sent(RenewalShape)["timePeriod"]
        token, words = services.renew_own_token(by=cast(User, request.user), months=months)
        return Response(RenewedTokenShape(token=words, expiresAt=moment(token.expires_at)))


class BlockedLogins(LifeTimeView):
    """GET and DELETE /users/{UserKey}/blockedlogins/."""

    permission = None

    @operation({200: list[LoginAttemptShape]}, query=(ENVIRONMENT,), fails=(501,))
    def get(self, request: Request, user: str) -> Response:
        """Answer from where the person may not sign in now."""
        refuse_environment(request)
        found: User = fetch(people(request), user)
        unblocked.ask(found, by=caller(request))
        return Response([attempt_json(one, found) for one in blocked_sign_ins(found)])

    @operation({200: None}, query=(IP_ADDRESS, ENVIRONMENT), fails=(501,))
    def delete(self, request: Request, user: str) -> HttpResponse:
        """Let the person sign in again, from IpAddress or from everywhere. An address not blocked is a 404."""
        refuse_environment(request)
        found, address = fetch(people(request), user), IP_ADDRESS.of(request) or None
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

    @operation({200: list[LoginAttemptShape]}, query=(ENVIRONMENT,), fails=(501,))
    def get(self, request: Request) -> Response:
        """Answer the addresses from which nobody may sign in now."""
        refuse_environment(request)
        address_unblocked.ask(None, by=caller(request))
        return Response([attempt_json(one, None) for one in blocked_addresses()])


class BlockedAddress(LifeTimeView):
    """DELETE /environments/blockedipaddresses/{IPAddress}/."""

    permission = None

    @operation({200: None}, query=(ENVIRONMENT,), fails=(501,))
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
    if ENVIRONMENT.of(request):
        raise NotKeptHere("the sign-ins of environments: leave EnvironmentKey out for those of the console")
