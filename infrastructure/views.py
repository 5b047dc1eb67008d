"""The pages about environments and the settings of the console."""

from typing import Any

from django import forms

from audit.activity import Activity
from audit.activity.views import (
    ConfirmationView,
    CreationView,
    EntityDetail,
    EntityList,
    EntityStepView,
    PermissionMixin,
    StepView,
)
from infrastructure import activities, services
from infrastructure.activities import ENVIRONMENT, INFRASTRUCTURE
from infrastructure.forms import (
    EnvironmentForm,
    MaintenanceForm,
    PositionForm,
    RegistrationForm,
    SettingsForm,
)
from infrastructure.models import ConsoleSettings, Environment

SHOWN = 25  # applications and roles on an environment's page; the others are in their lists


class EnvironmentList(PermissionMixin, EntityList):
    """The environments that one may enter, in their order."""

    kind = ENVIRONMENT
    activity = activities.environment_accessed
    template_name = "infrastructure/list.html"
    paginate_by = None

    def get_queryset(self) -> Any:
        """In the order in which applications travel."""
        return super().get_queryset().in_order()  # type: ignore[attr-defined]


class EnvironmentDetail(EntityDetail):
    """The page of an environment."""

    kind = ENVIRONMENT
    accessed = activities.environment_accessed
    template_name = "infrastructure/detail.html"
    entity: Environment

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add its neighbours in the order, what runs here, and for those who manage roles what each permits here."""
        environment, reader = self.entity, self.request.user
        order = list(Environment.objects.visible_to(reader).in_order())
        place = order.index(environment)
        running = environment.statuses.visible_to(reader).select_related("application", "version")
        first = list(running.order_by("application__name")[: SHOWN + 1])
        context = super().get_context_data(
            before=order[place - 1] if place else None,
            after=order[place + 1] if place + 1 < len(order) else None,
            running=first[:SHOWN],
            has_more_running=len(first) > SHOWN,
            **kwargs,
        )
        if reader.has_perm("roles.manage"):
            levels = list(
                environment.levels.select_related("role").order_by("-level", "role__name")[: SHOWN + 1]
            )
            context |= {"levels": levels[:SHOWN], "has_more_levels": len(levels) > SHOWN}
        return context


class RegisterEnvironment(CreationView):
    """Register an environment."""

    kind = ENVIRONMENT
    activity = activities.environment_registered
    form_class = RegistrationForm
    heading = "Register environment"
    submit = "Register environment"
    success_message = "The environment is registered."
    explanation = (
        "In a new environment Administrators hold Full Control, every other role lists applications."
    )

    def perform(self, data: dict[str, Any]) -> str:
        """Register, then show it."""
        return ENVIRONMENT.url(services.register_environment(by=self.by, **data).pk)


class EnvironmentStep(EntityStepView):
    """A step with one environment; afterwards its page is shown."""

    kind = ENVIRONMENT
    entity: Environment


class ChangeEnvironment(EnvironmentStep):
    """Change what is known of an environment."""

    activity = activities.environment_updated
    form_class = EnvironmentForm
    heading = "Edit environment"
    submit = "Save environment"
    success_message = "The environment is saved."

    def act(self, data: dict[str, Any]) -> None:
        """Save."""
        services.change_environment(self.entity, by=self.by, **data)


class MoveEnvironment(EnvironmentStep):
    """Move an environment to another place in the order."""

    activity = activities.order_switched
    form_class = PositionForm
    heading = "Move environment"
    submit = "Move environment"

    def shown(self, entity: Environment) -> dict[str, Any]:
        """Count its place; positions have gaps."""
        return {"position": Environment.objects.filter(position__lt=entity.position).count()}

    def perform(self, data: dict[str, Any]) -> str:
        """Move, then show the new order."""
        services.move_environment(self.entity, by=self.by, **data)
        return self.kind.list_url


class EnableMaintenance(EnvironmentStep):
    """Close an environment, with a reason."""

    activity = activities.maintenance_enabled
    form_class = MaintenanceForm
    heading = submit = "Enable maintenance mode"

    def act(self, data: dict[str, Any]) -> None:
        """Close it."""
        services.enable_maintenance(self.entity, by=self.by, **data)

    @property
    def explanation(self) -> str:
        """Say what it costs."""
        return f"While it is in maintenance mode, nothing is deployed to '{self.entity}' or tagged there."


class DisableMaintenance(EnvironmentStep):
    """Open an environment again."""

    activity = activities.maintenance_disabled
    form_class = forms.Form
    heading = submit = "Disable maintenance mode"

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Open it."""
        services.disable_maintenance(self.entity, by=self.by)

    @property
    def explanation(self) -> str:
        """Say what it means."""
        return f"Applications can be deployed to '{self.entity}' again."


class UnregisterEnvironment(ConfirmationView):
    """Remove an environment, unless something stands in the way."""

    kind = ENVIRONMENT
    activity = activities.environment_unregistered
    template_name = "infrastructure/unregister.html"
    success_message = "The environment is unregistered."

    @property
    def submit(self) -> str:
        """Name what goes."""
        return f"Unregister {self.entity}"

    def perform(self, data: dict[str, Any]) -> str:  # noqa: ARG002  (the form asks nothing)
        """Remove, then show the others."""
        services.unregister_environment(self.entity, by=self.by)
        return self.kind.list_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what stands in the way."""
        return super().get_context_data(blocking=services.in_the_way(self.entity, self.by), **kwargs)


class ChangeSettings(StepView):
    """The settings of the whole console."""

    activity: Activity = activities.settings_updated
    form_class = SettingsForm
    template_name = "infrastructure/settings.html"
    heading = "Settings"
    submit = "Save settings"
    success_message = "The settings are saved."

    def subject(self) -> ConsoleSettings:
        """There is one row of settings."""
        return ConsoleSettings.load()

    def perform(self, data: dict[str, Any]) -> str:
        """Save, and stay."""
        services.change_settings(by=self.by, **data)
        return INFRASTRUCTURE.list_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the thing whose change log this is."""
        return super().get_context_data(entity=self.subject(), kind=INFRASTRUCTURE, **kwargs)
