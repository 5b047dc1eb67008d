"""A page per step with a plan: choose, save, launch, continue, abort, discard, reuse and retry."""

from typing import Any, cast

from django import forms
from django.contrib import messages

from audit.activity.views import ConfirmationView, EntityMixin, EntityStepView
from deployments import activities, services
from deployments.choices import lines
from deployments.forms import NotesForm, OptionsForm, PlacesForm
from deployments.models import Plan


class PlanMixin(EntityMixin):
    """For pages of one plan."""

    kind = activities.PLAN
    entity: Plan


class PlanStep(PlanMixin, EntityStepView):
    """A step with one plan; afterwards its page is shown."""

    form_class: type[forms.Form] = forms.Form


class Choose(PlanStep):
    """An option for every application."""

    activity = activities.edited
    template_name = "deployments/edit.html"
    form_class = OptionsForm
    heading = "Choose applications"
    success_message = "The plan's options were changed."

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what the user can choose; `?changed` suggests everything that is newer in the source."""
        suggest = "changed" in self.request.GET
        return {**super().get_form_kwargs(), "lines": lines(self.entity, self.by), "suggest": suggest}

    def form_valid(self, form: forms.Form) -> Any:
        """Choose what the form holds."""
        self.operations = cast(OptionsForm, form).operations()
        return super().form_valid(form)

    def shown(self, entity: Plan) -> dict[str, Any]:
        """Show what is chosen for each application."""
        return {OptionsForm.name_of(line): line.chosen for line in lines(entity, self.by)}

    def get_initial(self) -> dict[str, Any]:
        """Leave it to the form, which may suggest something else than what is chosen."""
        return {}

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form has made operations of it)
        """Choose."""
        services.choose(self.entity, by=self.by, operations=self.operations)


class Save(PlanStep):
    """Keep the plan, with its notes."""

    activity = activities.saved
    form_class = NotesForm
    heading = "Save plan and notes"
    submit = "Save plan"
    success_message = "The plan is saved."

    def act(self, data: dict[str, Any]) -> None:
        """Save."""
        services.save_plan(self.entity, by=self.by, notes=data["notes"])


class EditNotes(Save):
    """Write the notes only, also of a plan that was launched."""

    activity = activities.notes_edited
    heading = "Edit notes"
    submit = "Save notes"
    success_message = "The notes are saved."

    def act(self, data: dict[str, Any]) -> None:
        """Write them."""
        services.edit_notes(self.entity, by=self.by, notes=data["notes"])


class Start(PlanStep):
    """Launch the plan."""

    activity = activities.launched
    submit = "Launch the plan"
    success_message = "The plan was launched; this page shows how far it is."

    @property
    def heading(self) -> str:
        """LifeTime's words: the first of two stages is called preparing."""
        return "Prepare deployment" if self.entity.target.two_stage else "Deploy now"

    @property
    def explanation(self) -> str:
        """Name the way."""
        way = f"from {self.entity.source} to {self.entity.target}"
        return f"The applications of this plan go {way}, one after the other."

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Launch."""
        services.start_plan(self.entity, by=self.by)


class Continue(PlanStep):
    """Begin the second stage."""

    activity = activities.continued
    heading = "Continue deployment"
    submit = "Continue the plan"
    success_message = "The plan goes on; this page shows how far it is."

    @property
    def explanation(self) -> str:
        """Name the target."""
        return f"What was prepared is deployed in {self.entity.target} now."

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Continue."""
        services.continue_plan(self.entity, by=self.by)


class Abort(PlanMixin, ConfirmationView):
    """Stop the plan."""

    activity = activities.aborted
    submit = "Abort the plan"
    success_message = "The plan is being stopped."

    @property
    def title(self) -> str:
        """Name the plan."""
        return f"Abort deployment plan {self.entity}?"

    def consequences(self) -> list[str]:
        """Say what is cut off, and what stays."""
        return [
            "A program that is deploying an application is ended in the middle of it.",
            "What is deployed already stays deployed; what has not begun is left as it is.",
        ]

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Abort."""
        services.abort_plan(self.entity, by=self.by)


class Discard(PlanMixin, ConfirmationView):
    """Delete the plan."""

    activity = activities.discarded
    submit = "Discard the plan"

    @property
    def title(self) -> str:
        """Name the plan."""
        return f"Discard deployment plan {self.entity}?"

    def consequences(self) -> list[str]:
        """Say what goes, and what stays."""
        return ["The plan, its options and its notes are deleted. What was done with it stays on record."]

    def perform(self, data: dict[str, Any]) -> str:  # noqa: ARG002  (the form asks nothing)
        """Discard, then show the others."""
        name = f"Deployment plan {self.entity}"
        services.discard_plan(self.entity, by=self.by)
        messages.success(self.request, f"{name} was discarded.")
        return self.kind.list_url


class Reuse(PlanStep):
    """A new plan with the same applications, between the same or other environments."""

    activity = activities.accessed
    form_class = PlacesForm
    heading = "Reuse plan"
    explanation = (
        "The same applications, in a new draft: what was tagged is deployed as the version it became."
    )
    submit = "Create the plan"
    success_message = "This is a new draft with the same applications."

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the environments that the user may enter, this plan's first."""
        return {**super().get_form_kwargs(), "user": self.by}

    def shown(self, entity: Plan) -> dict[str, Any]:  # noqa: ARG002  (the form is about another plan)
        """The places are those of the new plan."""
        return {}

    def get_initial(self) -> dict[str, Any]:
        """Start from where this plan went."""
        return {"source": self.entity.source_id, "target": self.entity.target_id}

    def perform(self, data: dict[str, Any]) -> str:
        """Begin the new plan, then show it."""
        return self.kind.url(services.reuse_plan(self.entity, by=self.by, **data).pk)


class Retry(PlanStep):
    """A new plan with the applications of an aborted one."""

    activity = activities.accessed
    heading = "Retry plan"
    submit = "Create the plan"
    success_message = "This is a new draft with the same applications."

    @property
    def explanation(self) -> str:
        """Name the way."""
        return f"The same applications, from {self.entity.source} to {self.entity.target}, in a new draft."

    def perform(self, data: dict[str, Any]) -> str:  # noqa: ARG002  (the form asks nothing)
        """Begin the new plan, then show it."""
        return self.kind.url(services.retry_plan(self.entity, by=self.by).pk)
