"""Environments, in the order in which applications travel through them, and the settings of the whole console."""

from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from django.db import models
from django.utils import timezone

SETTINGS_KEY = UUID("00000000-0000-4000-8000-000000000001")  # the one row of ConsoleSettings


class EnvironmentQuerySet(models.QuerySet["Environment"]):
    """Reads of environments."""

    def visible_to(self, user: Any) -> Self:
        """Keep the environments that the user may enter (Access or higher, held as default role)."""
        if user.has_perm("infrastructure.manage"):
            return self
        return self._held_at(user, 1)

    def fully_controlled_by(self, user: Any) -> Self:
        """Keep the environments where the user holds Full Control through the default role."""
        return self._held_at(user, 6)

    def in_order(self) -> Self:
        """Order as applications travel: development first."""
        return self.order_by("position")

    def _held_at(self, user: Any, level: int) -> Self:
        if not user.is_active:
            return self.none()
        # an inner query rather than a join, so that the result can be filtered further without repeated rows
        held = self.model.objects.filter(levels__role=user.role_id, levels__level__gte=level)
        return self.filter(pk__in=held.values("pk"))


class Environment(models.Model):
    """A place where applications run."""

    class Purpose(models.TextChoices):
        DEVELOPMENT = "Development"
        TEST = "Test"
        PRODUCTION = "Production"

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=50)
    purpose = models.CharField(max_length=20, choices=Purpose)
    position = models.PositiveSmallIntegerField("order")
    address = models.CharField(max_length=253, blank=True, help_text="Host name, such as qa.example.com")
    two_stage = models.BooleanField("two-stage deployment", default=False)
    in_maintenance = models.BooleanField("maintenance mode", default=False)
    maintenance_reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField("registered at", default=timezone.now, editable=False)

    objects: ClassVar[Any] = EnvironmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(models.functions.Lower("name"), name="environment_name_unique"),
            models.UniqueConstraint(
                fields=["position"], name="environment_position_unique", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=models.Q(in_maintenance=False) | ~models.Q(maintenance_reason=""),
                name="environment_maintenance_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ConsoleSettings(models.Model):
    """The settings of the whole console: one row, which also stands for the infrastructure in the record."""

    class Runner(models.TextChoices):
        REGISTRY = "registry", "Built-in registry: records what runs where"
        COMMAND = "command", "Program on the server: called once per application"

    key = models.UUIDField(primary_key=True, default=SETTINGS_KEY, editable=False)
    runner = models.CharField("deployment runner", max_length=10, choices=Runner, default=Runner.REGISTRY)
    runner_program = models.CharField(max_length=100, blank=True)
    runner_timeout = models.PositiveIntegerField("time limit per application, in seconds", default=600)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(key=SETTINGS_KEY), name="console_settings_single"),
            models.CheckConstraint(
                condition=~models.Q(runner="command") | ~models.Q(runner_program=""),
                name="console_settings_command_has_program",
            ),
        ]

    def __str__(self) -> str:
        return "Infrastructure"

    @classmethod
    def load(cls) -> "ConsoleSettings":
        """Return the one row."""
        settings: ConsoleSettings = cls.objects.get(pk=SETTINGS_KEY)
        return settings
