"""What the services ask about an environment before something happens in it."""

from django.core.exceptions import ValidationError

from applications.models import Application, EnvironmentStatus
from audit.activity import Actor
from infrastructure.models import Environment
from users.models import User


def refuse_in_maintenance(environment: Environment) -> None:
    """Raise ValidationError while the environment is in maintenance mode."""
    environment.refresh_from_db(fields=["in_maintenance", "maintenance_reason"])
    if environment.in_maintenance:
        raise ValidationError(
            {
                "environment": f"{environment} is in maintenance mode ({environment.maintenance_reason}). "
                "Try again when it has ended."
            }
        )


def status_in(application: Application, environment: Environment) -> EnvironmentStatus:
    """Return what runs in the environment. Raises ValidationError if the application is not there."""
    status: EnvironmentStatus | None = (
        application.statuses.filter(environment=environment).select_related("version").first()
    )
    if status is None:
        raise ValidationError(
            {"environment": f"{application} is not in {environment}; choose an environment where it is."}
        )
    return status


def person(by: Actor) -> User | None:
    """Return who is kept beside the row; nobody for an automatic step."""
    return by if isinstance(by, User) else None
