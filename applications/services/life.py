"""An application begins, is renamed and described, and joins or leaves a team."""

from typing import Any

from django.core.exceptions import ValidationError

from applications import activities
from applications.models import Application, EnvironmentStatus
from applications.services.places import person, refuse_in_maintenance
from audit.activity import Actor, AlreadyDone
from infrastructure.entries import explained, line, paragraph
from infrastructure.models import Environment
from teams.models import Team


def create_application(
    *,
    by: Actor,
    name: str,
    environment: Environment,
    team: Team | None = None,
    description: str = "",
    technology: str = Application.Technology.WEB,
) -> Application:
    """Create an application in an environment, where it starts as a change that is not tagged yet, and in a team.

    Raises ValidationError for a name that is taken, for text that cannot be kept, and during maintenance.
    """
    application = Application(
        name=line(Application, "name", name, required=True),
        description=paragraph(Application, "description", description),
        technology=_known(technology),
        team=team,
    )
    step = (
        activities.created_in_team(application, by=by, environment=environment, team=team)
        if team
        else activities.created(application, by=by, environment=environment)
    )
    with _named_once(), step:
        refuse_in_maintenance(environment)
        application.save(force_insert=True)
        EnvironmentStatus.objects.create(
            application=application, environment=environment, is_modified=True, changed_by=person(by)
        )
    return application


def change_application(
    application: Application,
    *,
    by: Actor,
    name: str | None = None,
    description: str | None = None,
    technology: str | None = None,
) -> None:
    """Change what is given; None leaves as it is. One event per change and one that sums up.

    Raises ValidationError for a name that is taken and for text that cannot be kept.
    """
    wanted = {
        "name": None if name is None else line(Application, "name", name, required=True),
        "description": None if description is None else paragraph(Application, "description", description),
        "technology": None if technology is None else _known(technology),
    }
    with _named_once(), activities.updated(application, by=by):
        for field, value in wanted.items():
            if value is not None and value != getattr(application, field):
                _change(application, by, field, value)


def put_in_team(application: Application, *, by: Actor, team: Team) -> None:
    """Add the application to the team; it leaves the team it is in, because it is in at most one."""
    with activities.put_in_team(application, by=by, team=team):
        if application.team_id == team.pk:
            return
        if application.team is not None:
            take_out_of_team(application, by=by)
        application.team = team


def take_out_of_team(application: Application, *, by: Actor) -> None:
    """Remove the application from its team. Raises ValidationError if it is in none."""
    team = application.team
    if team is None:
        raise AlreadyDone({"team": f"{application} is in no team."})
    with activities.taken_out_of_team(application, by=by, team=team):
        if application.team_id != team.pk:
            raise AlreadyDone({"team": f"{application} is not in team {team} any more."})
        application.team = None


def _change(application: Application, by: Actor, field: str, value: str) -> None:
    kinds = dict(Application.Technology.choices)
    step = {
        "name": lambda: activities.renamed(application, by=by, old=application.name),
        "description": lambda: activities.description_changed(application, by=by),
        "technology": lambda: activities.technology_changed(
            application, by=by, old=kinds[application.technology], new=kinds[value]
        ),
    }[field]()
    with step:
        setattr(application, field, value)


def _known(technology: str) -> str:
    if technology not in Application.Technology.values:
        known = ", ".join(Application.Technology.values)
        raise ValidationError({"technology": f"An application is one of these kinds: {known}."})
    return technology


def _named_once() -> Any:
    # the index decides, because two may choose the same name at once
    return explained(
        "application_name_unique", name="Another application has this name; choose a different one."
    )
