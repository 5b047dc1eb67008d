"""Teams and who is in them, in the LifeTime API. Their applications stand with the applications."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from audit.activity import kind_named
from audit.activity.api import LifeTimeView, caller, done, listing
from audit.activity.documents import flag, text, thing
from audit.activity.gates import fetch
from roles.models import Role
from teams import activities, services
from teams.models import Membership, Team
from users.models import User

FIELDS = ("key", "name", "description", "users", "applications")


def team_json(team: Team) -> dict[str, Any]:
    """Return the documented shape; who and what is in it as far as it was asked for."""
    members: list[Membership] = getattr(team, "shown_members", [])
    applications: list[Any] = getattr(team, "shown_applications", [])
    return {
        "key": str(team.key),
        "name": team.name,
        "description": team.description,
        "users": [member_json(member) for member in members],
        "applications": [{"Key": str(one.key), "Name": one.name} for one in applications],
    }


def member_json(member: Membership) -> dict[str, str]:
    """Return the documented shape of a member."""
    return {
        "UserKey": str(member.user_id),
        "Name": member.user.name,
        "Username": member.user.username,
        "RoleKey": str(member.role_id),
        "RoleName": member.role.name,
    }


class TeamView(LifeTimeView):
    """An operation on teams that the caller manages."""

    permission = None

    def teams(self, request: Request) -> Any:
        """Return them; if the query asks, with members, and with those applications that the caller may list."""
        found = Team.objects.visible_to(request.user)
        if flag(request, "IncludeUsers"):
            members = Membership.objects.select_related("user", "role").order_by("user__name")
            found = found.prefetch_related(Prefetch("memberships", members, to_attr="shown_members"))
        if flag(request, "IncludeApplications"):
            listed = kind_named("application").visible(request.user).order_by("name")
            found = found.prefetch_related(Prefetch("applications", listed, to_attr="shown_applications"))
        return found

    def team(self, request: Request, key: str) -> Team:
        """Return one. Raises Http404."""
        team: Team = fetch(self.teams(request), key)
        return team


class Teams(TeamView):
    """GET and POST /teams/."""

    def get(self, request: Request) -> Response:
        """Answer the teams that the caller manages."""
        activities.accessed.ask(None, by=caller(request))
        return listing([team_json(team) for team in self.teams(request).in_order()])

    def post(self, request: Request) -> Response:
        """Create a team; answer it."""
        activities.created.ask(None, by=caller(request))
        sent = self.sent(*FIELDS)
        description = text(sent, "description", required=False)
        team = services.create_team(by=caller(request), name=text(sent, "name"), description=description)
        return Response(team_json(team), status=HTTPStatus.CREATED)


class TeamDetail(TeamView):
    """GET, PUT and DELETE /teams/{TeamKey}/."""

    def get(self, request: Request, team: str) -> Response:
        """Answer one team."""
        found = self.team(request, team)
        activities.accessed.record(found, by=caller(request))
        return Response(team_json(found))

    def put(self, request: Request, team: str) -> Response:
        """Rename or describe a team: what is not sent stays as it is. Answer it."""
        found = self.team(request, team)
        sent = self.sent(*FIELDS)
        if (key := text(sent, "key", required=False)) not in {"", str(found.key)}:
            raise ValidationError({"key": f"This is {key[:50]!r}, which is not the key in the address."})
        services.change_team(
            found,
            by=caller(request),
            name=text(sent, "name") if "name" in sent else found.name,
            description=text(sent, "description") if "description" in sent else found.description,
        )
        return Response(team_json(found))

    def delete(self, request: Request, team: str) -> HttpResponse:
        """Delete a team; its applications stay, without a team."""
        services.delete_team(self.team(request, team), by=caller(request))
        return done()


class TeamUsers(TeamView):
    """POST /teams/{TeamKey}/users/."""

    def post(self, request: Request, team: str) -> HttpResponse:
        """Give a user a role in the team, or a member another one."""
        found, by = self.team(request, team), caller(request)
        sent = self.sent("userKey", "roleKey")
        user = thing(sent, "userKey", User.objects.active().filter(is_builtin=False))
        role = thing(sent, "roleKey", self.roles(request, found))
        if found.memberships.filter(user=user).exists():
            services.change_member_role(found, by=by, user=user, role=role)
        else:
            services.add_member(found, by=by, user=user, role=role)
        return done(HTTPStatus.CREATED)

    @staticmethod
    def roles(request: Request, team: Team) -> Any:
        """Return the roles that the caller may see: all, or those that they may hand out in the team."""
        every: Any = Role.objects.visible_to(request.user)
        return every if every.exists() else services.grantable_roles(team, caller(request))


class TeamUser(TeamView):
    """DELETE /teams/{TeamKey}/users/{UserKey}/."""

    def delete(self, request: Request, team: str, user: str) -> HttpResponse:
        """Take a member's role away."""
        found = self.team(request, team)
        services.remove_member(found, by=caller(request), user=fetch(User.objects.filter(teams=found), user))
        return done(HTTPStatus.OK)
