"""A page per step: create, change, publish, tag, block, and delete a version."""

from typing import Any

from django import forms
from django.http import HttpRequest

from applications import activities, services
from applications.forms import BlockForm, DetailsForm, NewForm, TagForm
from applications.models import Application, environments_of
from applications.services.versions import next_numbers
from audit.activity.gates import fetch
from audit.activity.views import ConfirmationView, CreationView, EntityStepView
from roles.models import Level


class ApplicationStep(EntityStepView):
    """A form about one application; it leads back to the application's page."""

    kind = activities.APPLICATION
    entity: Application


class StepInEnvironment(ApplicationStep):
    """A form about an application in an environment where the user may list it; elsewhere 404."""

    action: str  # in words, without the environment

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch both."""
        super().setup(request, *args, **kwargs)
        seen = environments_of(self.entity, request.user, Level.LIST)
        self.environment = fetch(seen, kwargs["environment"])

    @property
    def heading(self) -> str:
        """Name the environment as well."""
        return f"{self.action} in {self.environment}"

    @property
    def submit(self) -> str:
        """The same, unless there is a shorter word."""
        return self.heading

    def within(self) -> Any:
        """The permission is about the application in this environment."""
        return self.environment


class Create(CreationView):
    """A new application."""

    kind = activities.APPLICATION
    activity = activities.created
    form_class = NewForm
    heading = "New application"
    explanation = (
        "It begins in one environment, as a change that no version holds yet; tagged there, it can be deployed to the "
        "others. The people of its team may do with it what their role there permits."
    )
    submit = "Create application"
    success_message = "The application was created."

    def get_form_kwargs(self) -> dict[str, Any]:
        """Say who makes it: that decides what can be chosen."""
        return {**super().get_form_kwargs(), "maker": self.by}

    def perform(self, data: dict[str, Any]) -> str:
        """Create, then show it."""
        return self.kind.url(services.create_application(by=self.by, **data).pk)


class Change(ApplicationStep):
    """Another name, kind or description."""

    activity = activities.updated
    form_class = DetailsForm
    heading = "Edit application"
    explanation = (
        "A new name stands everywhere at once, in plans too; the log keeps the old one where it was used."
    )
    submit = "Save application"
    success_message = "The application was saved."

    def act(self, data: dict[str, Any]) -> None:
        """Change what differs."""
        services.change_application(self.entity, by=self.by, **data)


class Tag(StepInEnvironment):
    """Freeze what runs in an environment as a version."""

    activity = activities.tagged
    form_class = TagForm
    action = "Tag version"
    submit = "Tag version"
    success_message = "The version was tagged."
    explanation = (
        "A version is what runs there now, frozen under a number, so that it can be deployed elsewhere."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        """Suggest the next numbers."""
        suggestions = next_numbers(self.entity, self.environment)
        return {**super().get_form_kwargs(), "suggestions": suggestions}

    def act(self, data: dict[str, Any]) -> None:
        """Tag."""
        services.tag_version(
            self.entity,
            by=self.by,
            environment=self.environment,
            **data,
        )


class Publish(StepInEnvironment):
    """Say that somebody published: the application is marked as changed since its tag."""

    activity = activities.published
    form_class = forms.Form
    action = "Report change"
    submit = "Report change"
    success_message = "The change was noted."
    explanation = "The application is then shown as changed since its tag, with the time and your name."

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Report."""
        services.report_change(self.entity, by=self.by, environment=self.environment)


class Block(StepInEnvironment):
    """Keep plans from deploying the application in an environment."""

    activity = activities.blocked
    form_class = BlockForm
    action = "Block"
    success_message = "The application is blocked there."
    explanation = "No plan can deploy the application there until it is unblocked."

    def act(self, data: dict[str, Any]) -> None:
        """Block."""
        services.block(self.entity, by=self.by, environment=self.environment, reason=data["reason"])


class Unblock(StepInEnvironment):
    """Let plans deploy the application there again."""

    activity = activities.unblocked
    form_class = forms.Form
    action = "Unblock"
    success_message = "The application is not blocked there any more."
    explanation = "Plans can deploy the application there again."

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Unblock."""
        services.unblock(self.entity, by=self.by, environment=self.environment)


class DeleteVersion(ConfirmationView):
    """Delete a tag that nobody needs."""

    kind = activities.APPLICATION
    activity = activities.version_deleted
    entity: Application
    success_message = "The version was deleted."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the version too: 404 unless it is one of this application."""
        super().setup(request, *args, **kwargs)
        self.version = fetch(self.entity.versions.all(), kwargs["version"])

    @property
    def submit(self) -> str:
        """Name the version."""
        return f"Delete version {self.version}"

    @property
    def title(self) -> str:
        """Name the application as well."""
        return f"{self.submit} of {self.entity}?"

    def within(self) -> Any:
        """The permission is about the environment where it was tagged."""
        return self.version.environment

    def consequences(self) -> list[str]:
        """Say what goes for good."""
        tagged = f"tagged by {self.version.created_by or 'System'} on {self.version.created_at:%d %B %Y}"
        return [
            f"Version {self.version}, {tagged}, can never be deployed again, nor rolled back to.",
            "Its description goes with it. What the log says of it stays.",
        ]

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Delete."""
        services.delete_version(self.version, by=self.by)
