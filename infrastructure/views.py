"""The pages about environments and the settings of the console."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from audit.activity import Activity
from audit.activity.views import EntityDetail, EntityList, EntityStepView, PermissionMixin, StepView
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
        """Add what each role may do here, for those who manage roles."""
        context = super().get_context_data(**kwargs)
        if self.request.user.has_perm("roles.manage"):
            levels = self.entity.levels.select_related("role")
            context["levels"] = sorted(levels, key=lambda row: (-row.level, row.role.name.lower()))
        return context


class RegisterEnvironment(StepView):
    """Register an environment."""

    activity = activities.environment_registered
    form_class = RegistrationForm
    heading = "Register an environment"
    submit = "Register environment"
    success_message = "The environment is registered."

    def perform(self, data: dict[str, Any]) -> str:
        """Register, then show it."""
        environment = services.register_environment(by=self.by, **data)
        return ENVIRONMENT.url(environment.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back, and what registering brings about."""
        home = reverse("infrastructure:list")
        return super().get_context_data(
            crumbs=[("Environments", home)],
            cancel=home,
            explanation="In a new environment Administrators hold Full Control, every other role lists applications.",
            **kwargs,
        )


class EnvironmentStep(EntityStepView):
    """A step with one environment; afterwards its page is shown."""

    kind = ENVIRONMENT
    entity: Environment

    def perform(self, data: dict[str, Any]) -> str:
        """Do it, then show the environment."""
        self.act(data)
        return ENVIRONMENT.url(self.entity.pk)

    def act(self, data: dict[str, Any]) -> None:
        """Call the one service."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back."""
        page = ENVIRONMENT.url(self.entity.pk)
        crumbs = [("Environments", reverse("infrastructure:list")), (str(self.entity), page)]
        return super().get_context_data(crumbs=crumbs, cancel=page, **kwargs)


class ChangeEnvironment(EnvironmentStep):
    """Change what is known of an environment."""

    activity = activities.environment_updated
    form_class = EnvironmentForm
    heading = "Edit"
    submit = "Save environment"
    success_message = "The environment is saved."

    def get_initial(self) -> dict[str, Any]:
        """Start from what is stored."""
        return {name: getattr(self.entity, name) for name in EnvironmentForm.base_fields}

    def act(self, data: dict[str, Any]) -> None:
        """Save."""
        services.change_environment(self.entity, by=self.by, **data)


class MoveEnvironment(EnvironmentStep):
    """Move an environment to another place in the order."""

    activity = activities.order_switched
    form_class = PositionForm
    heading = "Move"
    submit = "Move environment"

    def get_initial(self) -> dict[str, Any]:
        """Start from where it is."""
        return {"position": Environment.objects.filter(position__lt=self.entity.position).count()}

    def perform(self, data: dict[str, Any]) -> str:
        """Move, then show the new order."""
        services.move_environment(self.entity, by=self.by, **data)
        return reverse("infrastructure:list")


class EnableMaintenance(EnvironmentStep):
    """Close an environment, with a reason."""

    activity = activities.maintenance_enabled
    form_class = MaintenanceForm
    heading = submit = "Enable maintenance mode"

    def act(self, data: dict[str, Any]) -> None:
        """Close it."""
        services.enable_maintenance(self.entity, by=self.by, **data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what it costs."""
        explanation = (
            f"While it is in maintenance mode, nothing is deployed to '{self.entity}' or tagged there."
        )
        return super().get_context_data(explanation=explanation, **kwargs)


class DisableMaintenance(EnvironmentStep):
    """Open an environment again."""

    activity = activities.maintenance_disabled
    form_class = forms.Form
    heading = submit = "Disable maintenance mode"

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002
        """Open it."""
        services.disable_maintenance(self.entity, by=self.by)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what it means."""
        explanation = f"Applications can be deployed to '{self.entity}' again."
        return super().get_context_data(explanation=explanation, **kwargs)


class UnregisterEnvironment(EnvironmentStep):
    """Remove an environment, unless something stands in the way."""

    activity = activities.environment_unregistered
    form_class = forms.Form
    template_name = "infrastructure/unregister.html"
    success_message = "The environment is unregistered."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Name on the button what goes."""
        super().setup(request, *args, **kwargs)
        self.heading, self.submit = "Unregister", f"Unregister {self.entity}"

    def perform(self, data: dict[str, Any]) -> str:  # noqa: ARG002
        """Remove, then show the others."""
        services.unregister_environment(self.entity, by=self.by)
        return reverse("infrastructure:list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what stands in the way, or what it costs."""
        blocking = services.in_the_way(self.entity, self.by)
        return super().get_context_data(blocking=blocking, title=f"{self.submit}?", tone="danger", **kwargs)


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

    def get_initial(self) -> dict[str, Any]:
        """Start from what is stored."""
        settings = self.subject()
        return {name: getattr(settings, name) for name in SettingsForm.base_fields}

    def perform(self, data: dict[str, Any]) -> str:
        """Save, and stay."""
        services.change_settings(by=self.by, **data)
        return reverse("infrastructure:settings")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the thing whose change log this is."""
        return super().get_context_data(entity=self.subject(), kind=INFRASTRUCTURE, **kwargs)
