"""Roles: a level and two switches per environment, and three switches for the whole infrastructure."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.utils import timezone

from infrastructure.models import Environment


class Level(models.IntegerChoices):
    """LifeTime's permission levels; each includes all lower ones. The numbers are those of its API."""

    NO_ACCESS = 0, "No Access"
    ACCESS = 1, "Access"
    LIST = 2, "List Applications"
    MONITOR = 3, "Monitor and Add Dependencies"
    OPEN = 4, "Open and Debug Applications"
    CHANGE_AND_DEPLOY = 5, "Change and Deploy Applications"
    FULL_CONTROL = 6, "Full Control"


INFRASTRUCTURE_SWITCHES = ("manage_infrastructure", "manage_teams", "view_audit_logs")
ENVIRONMENT_SWITCHES = ("create_applications", "add_system_dependencies")


class RoleQuerySet(models.QuerySet["Role"]):
    """Reads of roles."""

    def visible_to(self, user: Any) -> Self:
        """Roles are seen by those who manage them."""
        return self if user.has_perm("roles.manage") else self.none()

    def in_order(self) -> Self:
        """Built-in roles first, then by name."""
        return self.order_by(
            models.ExpressionWrapper(models.Q(builtin=""), models.BooleanField()),
            models.functions.Lower("name"),
        )


class Role(models.Model):
    """A named set of permissions, held as default role, in a team, or for an application."""

    class Builtin(models.TextChoices):
        ADMINISTRATOR = "administrator", "Administrator"
        DEVELOPER = "developer", "Developer"

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=50)
    description = models.CharField(max_length=500, blank=True)
    builtin = models.CharField("built-in", max_length=20, choices=Builtin, blank=True, editable=False)
    manage_infrastructure = models.BooleanField("Manage Infrastructure and Users", default=False)
    manage_teams = models.BooleanField("Manage Teams and Application Roles", default=False)
    view_audit_logs = models.BooleanField("View Audit Logs", default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = RoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(models.functions.Lower("name"), name="role_name_unique"),
            models.CheckConstraint(
                condition=models.Q(manage_infrastructure=False) | models.Q(manage_teams=True),
                name="role_infrastructure_implies_teams",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_fixed(self) -> bool:
        """Administrator: everything, and unchangeable."""
        return self.builtin == self.Builtin.ADMINISTRATOR

    def is_within(self, own: "Role", levels: "Iterable[EnvironmentPermission] | None" = None) -> bool:
        """Say whether this role is nowhere above `own`: in no environment, no level and no switch.

        `levels` are its permissions if they are about to be saved; else what is stored counts.
        """
        if any(
            getattr(self, switch) and not getattr(own, switch) for switch in self.switches_that_matter(own)
        ):
            return False
        owned = {row.environment_id: row for row in own.levels.all()}
        rows = self.levels.all() if levels is None else levels
        return all(row.is_within(owned.get(row.environment_id)) for row in rows)

    @staticmethod
    def switches_that_matter(own: "Role") -> tuple[str, ...]:
        """Return the infrastructure-wide switches in which a role can be above `own`."""
        # Manage Infrastructure and Users implies View Audit Logs
        return INFRASTRUCTURE_SWITCHES[:2] if own.manage_infrastructure else INFRASTRUCTURE_SWITCHES


class EnvironmentPermission(models.Model):
    """What a role permits in one environment."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="levels")
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="levels")
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.NO_ACCESS)
    create_applications = models.BooleanField(default=False)
    add_system_dependencies = models.BooleanField("Add Dependencies to System", default=False)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role", "environment"], name="one_level_per_role_and_environment"
            ),
            models.CheckConstraint(condition=models.Q(level__range=(0, 6)), name="level_known"),
            models.CheckConstraint(
                condition=models.Q(create_applications=False) | models.Q(level__gte=5),
                name="create_applications_needs_change_and_deploy",
            ),
            models.CheckConstraint(
                condition=models.Q(add_system_dependencies=False) | models.Q(level__gte=1),
                name="add_system_dependencies_needs_access",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.environment}: {self.get_level_display()}"

    def is_within(self, own: "EnvironmentPermission | None") -> bool:
        """Say whether this is nowhere above `own`."""
        if own is None:
            return self.level == Level.NO_ACCESS
        return self.level <= own.level and all(
            not getattr(self, switch) or getattr(own, switch) for switch in ENVIRONMENT_SWITCHES
        )
