"""Applications, their tagged versions, what runs where, and the roles people hold for one application."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from infrastructure.models import Environment
from roles.models import Level, Role
from teams.models import Membership, Team
from users.models import User


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Reads of applications."""

    def visible_to(self, user: Any) -> Self:
        """Keep the applications that the user may list in at least one environment."""
        return self.at_least(user, Level.LIST)

    def at_least(self, user: Any, level: Level, environments: "Iterable[UUID] | None" = None) -> Self:
        """Keep the applications where the user's effective level is `level` or higher in one of the environments
        (None: in any)."""
        held = EffectivePermission.objects.filter(user=user.pk, level__gte=level)
        if environments is not None:
            held = held.filter(environment__in=list(environments))
        return self.filter(pk__in=held.values("application"))

    def counted(self) -> Self:
        """Annotate how many versions, roles for it alone, and people in its team each application has."""
        people = ApplicationRole.objects.filter(application=OuterRef("pk"))
        members = Membership.objects.filter(team=OuterRef("team"))
        versions = Version.objects.filter(application=OuterRef("pk"))
        return self.annotate(
            version_count=_count(versions, "application"),
            role_count=_count(people, "application"),
            member_count=_count(members, "team"),
        )

    def in_order(self) -> Self:
        """Order by name."""
        return self.order_by(models.functions.Lower("name"))


def _count(rows: Any, by: str) -> Any:
    counted = rows.order_by().values(by).annotate(number=models.Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def environments_of(application: "Application", user: Any, level: Level) -> Any:
    """Return the environments where the user may do at least `level` with the application; each knows its
    `effective_level`."""
    here = EffectivePermission.objects.filter(
        user=user.pk, application=application.pk, environment=OuterRef("pk")
    )
    environments = Environment.objects.annotate(effective_level=Subquery(here.values("level")))
    return environments.filter(effective_level__gte=level)


class Application(models.Model):
    """An application of the landscape."""

    class Technology(models.TextChoices):
        WEB = "WebResponsive", "Web"
        MOBILE = "Mobile", "Mobile"
        SERVICE = "Service", "Service"

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=50)
    description = models.CharField(max_length=500, blank=True)
    technology = models.CharField("kind", max_length=20, choices=Technology, default=Technology.WEB)
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="applications"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(models.functions.Lower("name"), name="application_name_unique")
        ]

    def __str__(self) -> str:
        return self.name


# Tags as LifeTime accepts them: up to three numbers of up to three digits.
VERSION_NUMBER = RegexValidator(
    r"^(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){1,2}\Z",
    "Write the version as 1.2 or 1.2.3, each number up to 999.",
)


class Version(models.Model):
    """A tagged version of an application."""

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="versions")
    number = models.CharField(max_length=11, validators=[VERSION_NUMBER])
    change_log = models.CharField("description", max_length=2000, blank=True)
    environment = models.ForeignKey(
        Environment, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="tagged in"
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="version_unique")]

    def __str__(self) -> str:
        return self.number

    @property
    def parts(self) -> tuple[int, int, int]:
        """The number for comparing: 1.10 is above 1.9, and 1.2 is 1.2.0."""
        numbers = [int(part) for part in self.number.split(".")]
        major, minor, patch = (*numbers, 0, 0)[:3]
        return major, minor, patch


class EnvironmentStatusQuerySet(models.QuerySet["EnvironmentStatus"]):
    """Reads of what runs where."""

    def visible_to(self, user: Any) -> Self:
        """Keep those in environments where the user may list the application."""
        listed = EffectivePermission.objects.filter(
            user=user.pk,
            application=OuterRef("application"),
            environment=OuterRef("environment"),
            level__gte=Level.LIST,
        )
        return self.filter(Exists(listed))


class EnvironmentStatus(models.Model):
    """What of an application runs in an environment."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="statuses")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="statuses")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="statuses")
    is_modified = models.BooleanField("changed since the tag", default=False)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[Any] = EnvironmentStatusQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "environment"], name="one_status_per_environment")
        ]

    def __str__(self) -> str:
        return f"{self.application} in {self.environment}"


class ApplicationRole(models.Model):
    """A user's role for one application: it decides instead of the role in the team and the default role."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="roles")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="application_roles")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="application_roles")

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "user"], name="one_role_per_application_and_user")
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.application} as {self.role}"


class Block(models.Model):
    """Keeps an application out of an environment: no plan may deploy it there."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="blocks")
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="blocks")
    reason = models.CharField(max_length=500)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "environment"], name="one_block_per_environment"),
            models.CheckConstraint(condition=~Q(reason=""), name="block_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.application} kept out of {self.environment}"


class EffectivePermission(models.Model):
    """What a user may do with an application in an environment: the one implementation, a view of the database.

    Application role over team role over default role, an override, never a maximum; level 1 counts as 0 in a team or
    application role, Full Control counts as Change and Deploy there; a default role with No Access in an environment
    blocks every other grant there; nobody inactive has any (lifetime.md, decisions). No row means No Access as well.
    """

    class HeldAs(models.TextChoices):
        APPLICATION = "application", "role for the application"
        TEAM = "team", "role in the team"
        DEFAULT = "default", "default role"

    pk = models.CompositePrimaryKey("user", "application", "environment")
    user = models.ForeignKey(User, on_delete=models.DO_NOTHING, related_name="effective_permissions")
    application = models.ForeignKey(Application, on_delete=models.DO_NOTHING, related_name="+")
    environment = models.ForeignKey(Environment, on_delete=models.DO_NOTHING, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.DO_NOTHING, related_name="+")
    held_as = models.CharField(max_length=11, choices=HeldAs)
    level = models.PositiveSmallIntegerField(choices=Level)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        managed = False
        db_table = "applications_effectivepermission"

    def __str__(self) -> str:
        return f"{self.get_level_display()} by the {self.get_held_as_display()}"
