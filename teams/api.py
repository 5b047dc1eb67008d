"""Teams and who is in them, in the LifeTime API. Their applications stand with the applications."""

from http import HTTPStatus
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from audit.activity import kind_named
from audit.activity.api import LifeTimeView, caller, done, listing
from audit.activity.documents import refuse_other_key, thing
from audit.activity.gates import fetch
from audit.activity.operations import operation
from audit.activity.parameters import Flag
from roles.models import Role
from teams import activities, services
from teams.models import Membership, Team
from teams.shapes import ChangedTeamShape, NewTeamShape, TeamShape, TeamUserShape, team_json
from users.models import User

INCLUDE_USERS = Flag("IncludeUsers", "Say who is in the team.")
INCLUDE_APPLICATIONS = Flag("IncludeApplications", "Say which applications it looks after.")
SHOWN = (INCLUDE_USERS, INCLUDE_APPLICATIONS)


class TeamView(LifeTimeView):
    """An operation on teams that the caller manages."""

    permission = None

    def team(self, request: Request, key: str) -> Team:
        """Return one. Raises Http404."""
        team: Team = fetch(Team.objects.visible_to(request.user), key)
        return team

    def shown(self, request: Request) -> Any:
        """Return them; if the query asks, with members, and with those applications that the caller may list."""
        found = Team.objects.visible_to(request.user)
        if INCLUDE_USERS.of(request):
            members = Membership.objects.select_related("user", "role").order_by("user__name")
            found = found.prefetch_related(Prefetch("memberships", members, to_attr="shown_members"))
        if INCLUDE_APPLICATIONS.of(request):
            listed = kind_named("application").visible(request.user).order_by("name")
            found = found.prefetch_related(Prefetch("applications", listed, to_attr="shown_applications"))
        return found


class Teams(TeamView):
    """GET and POST /teams/."""

    @operation({200: list[TeamShape], 204: None}, query=SHOWN)
    def get(self, request: Request) -> Response:
        """Answer the teams that the caller manages."""
        activities.accessed.ask(None, by=caller(request))
        return listing([team_json(team) for team in self.shown(request).in_order()])

    @operation({201: TeamShape}, body=NewTeamShape)
    def post(self, request: Request) -> Response:
        """Create a team; answer it."""
        activities.created.ask(None, by=caller(request))
        sent = self.sent(NewTeamShape)
        description = sent.get("description") or ""
        team = services.create_team(by=caller(request), name=sent["name"], description=description)
        return Response(team_json(team), status=HTTPStatus.CREATED)


class TeamDetail(TeamView):
    """GET, PUT and DELETE /teams/{TeamKey}/."""

    @operation({200: TeamShape}, query=SHOWN)
    def get(self, request: Request, team: str) -> Response:
        """Answer one team."""
        found = fetch(self.shown(request), team)
        activities.accessed.record(found, by=caller(request))
        return Response(team_json(found))

    @operation({200: TeamShape}, body=ChangedTeamShape, query=SHOWN)
    def put(self, request: Request, team: str) -> Response:
        """Rename or describe a team: what is not sent stays as it is. Answer it."""
        found = fetch(self.shown(request), team)
        sent = self.sent(ChangedTeamShape)
        refuse_other_key(sent, "key", found)
        services.change_team(
            found,
            by=caller(request),
            name=sent.get("name", found.name),
            description=sent.get("description", found.description),
        )
        return Response(team_json(found))

    @operation({204: None})
    def delete(self, request: Request, team: str) -> HttpResponse:
        """Delete a team; its applications stay, without a team."""
        services.delete_team(self.team(request, team), by=caller(request))
        return done()


class TeamUsers(TeamView):
    """POST /teams/{TeamKey}/users/."""

    @operation({201: None}, body=TeamUserShape)
    def post(self, request: Request, team: str) -> HttpResponse:
        """Give a user a role in the team, or a member another one."""
        found, by = self.team(request, team), caller(request)
        sent = self.sent(TeamUserShape)
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

    @operation({200: None})
    def delete(self, request: Request, team: str, user: str) -> HttpResponse:
        """Take a member's role away."""
        found = self.team(request, team)
        services.remove_member(found, by=caller(request), user=fetch(User.objects.filter(teams=found), user))
        return done(HTTPStatus.OK)
