"""A page per step: create, change, publish, tag, block, and delete a version."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from applications import activities, services
from applications.forms import BlockForm, DetailsForm, NewForm, TagForm
from applications.models import Application, environments_of
from applications.services.versions import next_number
from audit.activity.gates import fetch
from audit.activity.views import EntityStepView, StepView
from roles.models import Level
from users.models import User

ALL = "Applications"


class ApplicationStep(EntityStepView):
    """A form about one application; it leads back to the application's page."""

    kind = activities.APPLICATION
    explanation = ""

    @property
    def application(self) -> Application:
        """The application that the address names."""
        return cast(Application, self.entity)

    @property
    def user(self) -> User:
        """Whoever is signed in."""
        return cast(User, self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back and what the step means."""
        return super().get_context_data(
            cancel=self.kind.url(self.application.pk),
            crumbs=[
                (ALL, reverse("applications:list")),
                (self.application, self.kind.url(self.application.pk)),
            ],
            explanation=self.explanation,
            **kwargs,
        )

    def perform(self, data: dict[str, Any]) -> str:
        """Do it, then show the application."""
        self.act(data)
        return self.kind.url(self.application.pk)

    def act(self, data: dict[str, Any]) -> None:
        """Call the one service."""
        raise NotImplementedError


class StepInEnvironment(ApplicationStep):
    """A form about an application in an environment where the user may list it; elsewhere 404."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch both."""
        super().setup(request, *args, **kwargs)
        if self.entity is not None:
            seen = environments_of(self.application, request.user, Level.LIST)
            self.environment = fetch(seen, self.kwargs["environment"])

    def within(self) -> Any:
        """The permission is about the application in this environment."""
        return self.environment


class Create(StepView):
    """A new application."""

    activity = activities.created
    form_class = NewForm
    heading = "New application"
    submit = "Create application"
    success_message = "The application was created."

    def get_form_kwargs(self) -> dict[str, Any]:
        """Say who makes it: that decides what can be chosen."""
        return {**super().get_form_kwargs(), "maker": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back."""
        every = reverse("applications:list")
        return super().get_context_data(cancel=every, crumbs=[(ALL, every)], **kwargs)

    def perform(self, data: dict[str, Any]) -> str:
        """Create, then show it."""
        application = services.create_application(by=cast(User, self.request.user), **data)
        return activities.APPLICATION.url(application.pk)


class Change(ApplicationStep):
    """Another name, kind or description."""

    activity = activities.updated
    form_class = DetailsForm
    heading = "Edit application"
    submit = "Save application"
    success_message = "The application was saved."

    def get_initial(self) -> dict[str, Any]:
        """Show what there is."""
        return {name: getattr(self.application, name) for name in DetailsForm.base_fields}

    def act(self, data: dict[str, Any]) -> None:
        """Change what differs."""
        services.change_application(self.application, by=self.user, **data)


class Tag(StepInEnvironment):
    """Freeze what runs in an environment as a version."""

    activity = activities.tagged
    form_class = TagForm
    heading = "Tag a version in {environment}"
    submit = "Tag version"
    success_message = "The version was tagged."
    explanation = (
        "A version is what runs there now, frozen under a number, so that it can be deployed elsewhere."
    )

    def get_initial(self) -> dict[str, Any]:
        """Suggest the next number."""
        return {"number": next_number(self.application, self.environment)}

    def act(self, data: dict[str, Any]) -> None:
        """Tag."""
        services.tag_version(
            self.application,
            by=self.user,
            environment=self.environment,
            **data,
        )


class Publish(StepInEnvironment):
    """Say that somebody published: the application is marked as changed since its tag."""

    activity = activities.published
    form_class = forms.Form
    heading = "Report a change in {environment}"
    submit = "Report the change"
    success_message = "The change was noted."
    explanation = "The application is then shown as changed since its tag, with the time and your name."

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Report."""
        services.report_change(self.application, by=self.user, environment=self.environment)


class Block(StepInEnvironment):
    """Keep plans from deploying the application in an environment."""

    activity = activities.blocked
    form_class = BlockForm
    heading = submit = "Block in {environment}"
    success_message = "The application is blocked there."
    explanation = "No plan can deploy the application there until it is unblocked."

    def act(self, data: dict[str, Any]) -> None:
        """Block."""
        services.block(self.application, by=self.user, environment=self.environment, reason=data["reason"])


class Unblock(StepInEnvironment):
    """Let plans deploy the application there again."""

    activity = activities.unblocked
    form_class = forms.Form
    heading = submit = "Unblock in {environment}"
    success_message = "The application is not blocked there any more."
    explanation = "Plans can deploy the application there again."

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Unblock."""
        services.unblock(self.application, by=self.user, environment=self.environment)


class DeleteVersion(ApplicationStep):
    """Delete a tag that nobody needs."""

    activity = activities.version_deleted
    form_class = forms.Form
    template_name = "applications/confirm.html"
    success_message = "The version was deleted."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the version too: 404 unless it is one of this application."""
        super().setup(request, *args, **kwargs)
        if self.entity is not None:
            self.version = fetch(self.application.versions.all(), self.kwargs["version"])
            self.submit = f"Delete version {self.version}"

    def within(self) -> Any:
        """The permission is about the environment where it was tagged."""
        return self.version.environment

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask."""
        return super().get_context_data(
            title=f"Delete version {self.version} of {self.application}?",
            consequences=["It can never be deployed again. What the log says of it stays."],
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Delete."""
        services.delete_version(self.version, by=self.user)
