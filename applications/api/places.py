"""Which applications a team looks after."""

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from rest_framework.request import Request

from applications import services
from applications.api.shapes import PlacedApplicationShape
from applications.models import Application
from audit.activity.api import caller, done
from audit.activity.documents import thing
from audit.activity.gates import fetch
from audit.activity.operations import operation
from teams.api import TeamView


class TeamApplications(TeamView):
    """POST /teams/{TeamKey}/applications/."""

    @operation({201: None}, body=PlacedApplicationShape)
    def post(self, request: Request, team: str) -> HttpResponse:
        """Put an application into the team; it leaves the team it is in. Clients call its key by two names."""
        found = self.team(request, team)
        sent = self.sent(PlacedApplicationShape)
        names = [name for name in ("ApplicationKey", "Key") if name in sent]
        if not names or len({sent.get(name) for name in names}) > 1:
            raise ValidationError({"Key": "Write the key of one application, as Key or as ApplicationKey."})
        application = thing(sent, names[0], Application.objects.visible_to(request.user))
        services.put_in_team(application, by=caller(request), team=found)
        return done(HTTPStatus.CREATED)


class TeamApplication(TeamView):
    """DELETE /teams/{TeamKey}/applications/{ApplicationKey}."""

    @operation({200: None})
    def delete(self, request: Request, team: str, application: str) -> HttpResponse:
        """Take an application out of the team."""
        found = self.team(request, team)
        there = fetch(Application.objects.visible_to(request.user), application)
        if there.team_id != found.pk:
            raise ValidationError(f"{there} is not in team {found}.")
        services.take_out_of_team(there, by=caller(request))
        return done(HTTPStatus.OK)
