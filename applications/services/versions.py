"""Versions: somebody publishes, tags, deploys, or deletes what nobody needs."""

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.utils import timezone

from applications import activities, numbers
from applications.models import Application, EnvironmentStatus, Version
from applications.services.places import person, refuse_in_maintenance, status_in
from audit.activity import Actor
from infrastructure.entries import explained, paragraph
from infrastructure.models import Environment


def report_change(application: Application, *, by: Actor, environment: Environment) -> None:
    """Say that somebody published: the application has changed in the environment since its tag.

    Raises ValidationError if the application is not there, and during maintenance.
    """
    with activities.published(application, by=by, environment=environment):
        refuse_in_maintenance(environment)
        status = status_in(application, environment)
        _set(status, by, version=status.version, is_modified=True)


def tag_version(
    application: Application, *, by: Actor, environment: Environment, number: str, change_log: str = ""
) -> Version:
    """Tag what runs in the environment as version `number`.

    Raises ValidationError if the number is not written as 1.2 or 1.2.3, is taken, or is not above the version that runs
    there; if the application is not there; and during maintenance.
    """
    version = Version(
        application=application,
        number=numbers.checked(number),
        change_log=paragraph(Version, "change_log", change_log),
        environment=environment,
        created_by=person(by),
    )
    step = activities.tagged(application, by=by, environment=environment, old=None, new=version.number)
    with step:
        refuse_in_maintenance(environment)
        status = status_in(application, environment)
        step.facts["old"] = status.version and status.version.number  # known only now, behind the lock
        _refuse_number(version, status)
        version.created_at = timezone.now()
        version.save(force_insert=True)
        _set(status, by, version=version, is_modified=False)
    return version


def delete_version(version: Version, *, by: Actor) -> None:
    """Delete a tag. Raises ValidationError if it runs in an environment or is part of a deployment plan."""
    application, environment = version.application, version.environment
    step = activities.version_deleted(
        application, by=by, environment=environment, old=version.number, new=None
    )
    with explained(), step:
        try:
            version.delete()
        except ProtectedError as error:
            raise ValidationError({"version": _in_use(version, error)}) from error


def deployed(application: Application, *, by: Actor, environment: Environment, version: Version) -> None:
    """Note that this version runs in the environment now. The runner says so when it has happened: nothing is refused
    here but a version of another application (ValidationError)."""
    if version.application_id != application.pk:
        raise ValidationError({"version": f"{version} is no version of {application}."})
    step = activities.deployed(application, by=by, environment=environment, old=None, new=version.number)
    with explained(), step:
        status = application.statuses.filter(environment=environment).select_related(
            "version"
        ).first() or EnvironmentStatus(application=application, environment=environment)
        step.facts["old"] = status.version and status.version.number
        _set(status, by, version=version, is_modified=False)


def next_numbers(application: Application, environment: Environment) -> list[numbers.Suggestion]:
    """Suggest numbers for the next tag in the environment, each with what choosing it says."""
    status = application.statuses.filter(environment=environment).select_related("version").first()
    known = list(application.versions.only("number", "application"))
    return numbers.suggestions(status.version if status else None, known)


def _set(status: EnvironmentStatus, by: Actor, *, version: Version | None, is_modified: bool) -> None:
    status.version, status.is_modified = version, is_modified
    status.changed_at, status.changed_by = timezone.now(), person(by)
    status.save()


def _refuse_number(version: Version, status: EnvironmentStatus) -> None:
    known = list(version.application.versions.all())
    suggestion = numbers.following(status.version, known)
    hint = f" The next free number is {suggestion}." if suggestion else ""
    if same := next((other for other in known if other.parts == version.parts), None):
        raise ValidationError({"number": f"Version {same} exists already.{hint}"})
    if status.version and version.parts < status.version.parts:
        raise ValidationError(
            {
                "number": f"{status.environment} runs version {status.version}; a new tag must be above it.{hint}"
            }
        )


def _in_use(version: Version, error: ProtectedError) -> str:
    running = sorted(
        str(row.environment) for row in error.protected_objects if isinstance(row, EnvironmentStatus)
    )
    if running:
        return f"Version {version} runs in {', '.join(running)}; only a version that runs nowhere can be deleted."
    return f"Version {version} is part of a deployment plan, which could not be read without it; it stays."
