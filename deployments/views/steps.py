"""A page per step: begin, choose, save, launch, continue, abort, discard, reuse and retry."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.urls import reverse

from audit.activity.views import EntityStepView, StepView
from deployments import activities, services
from deployments.choices import lines
from deployments.forms import NotesForm, OptionsForm, PlacesForm
from deployments.models import Plan
from infrastructure.models import Environment
from users.models import User

LIST = ("Deployment plans", "deployments:list")


class PlanStep(EntityStepView):
    """A step with one plan; afterwards its page is shown."""

    explanation = ""
    kind = activities.PLAN
    form_class: type[forms.Form] = forms.Form

    @property
    def plan(self) -> Plan:
        """The plan that the address names."""
        return cast(Plan, self.entity)

    @property
    def user(self) -> User:
        """Whoever is signed in."""
        return cast(User, self.request.user)

    def perform(self, data: dict[str, Any]) -> str:
        """Do it, then show the plan."""
        self.act(data)
        return self.kind.url(self.plan.pk)

    def act(self, data: dict[str, Any]) -> None:
        """Call the one service."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back."""
        page = self.kind.url(self.plan.pk)
        crumbs = [(LIST[0], reverse(LIST[1])), (f"Deployment plan {self.plan}", page)]
        explanation = self.explanation.format(source=self.plan.source, target=self.plan.target)
        return super().get_context_data(crumbs=crumbs, cancel=page, explanation=explanation, **kwargs)


class Create(StepView):
    """A new plan: first from where to where, then the options."""

    activity = activities.created
    form_class = PlacesForm
    heading = "New deployment plan"
    submit = "Choose applications"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the environments that the user may enter."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        """Suggest the way from the first environment to the second, or what the address asks for."""
        first = list(Environment.objects.visible_to(self.request.user).in_order()[:2])
        suggested = dict(zip(("source", "target"), first, strict=False))
        return {
            **suggested,
            **{name: self.request.GET[name] for name in suggested if name in self.request.GET},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back."""
        home = reverse(LIST[1])
        return super().get_context_data(
            crumbs=[(LIST[0], home)],
            cancel=home,
            explanation="A plan takes applications from one environment to another. It is a draft until you save it.",
            **kwargs,
        )

    def perform(self, data: dict[str, Any]) -> str:
        """Begin the plan, then have its options chosen."""
        plan = services.create_plan(by=cast(User, self.request.user), operations=[], **data)
        return reverse("deployments:edit", args=[plan.pk])


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
        return {**super().get_form_kwargs(), "lines": lines(self.plan, self.user), "suggest": suggest}

    def form_valid(self, form: forms.Form) -> Any:
        """Choose what the form holds."""
        self.operations = cast(OptionsForm, form).operations()
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form has made operations of it)
        """Choose."""
        services.choose(self.plan, by=self.user, operations=self.operations)


class Save(PlanStep):
    """Keep the plan, with its notes."""

    activity = activities.saved
    form_class = NotesForm
    heading = "Save plan and notes"
    submit = "Save plan"
    success_message = "The plan is saved."

    def get_initial(self) -> dict[str, Any]:
        """Start from the notes there are."""
        return {"notes": self.plan.notes}

    def act(self, data: dict[str, Any]) -> None:
        """Save."""
        services.save_plan(self.plan, by=self.user, notes=data["notes"])


class EditNotes(Save):
    """Write the notes only, also of a plan that was launched."""

    activity = activities.notes_edited
    heading = "Edit notes"
    submit = "Save notes"
    success_message = "The notes are saved."

    def act(self, data: dict[str, Any]) -> None:
        """Write them."""
        services.edit_notes(self.plan, by=self.user, notes=data["notes"])


class Start(PlanStep):
    """Launch the plan."""

    activity = activities.launched
    success_message = "The plan was launched; this page shows how far it is."

    @property
    def heading(self) -> str:  # type: ignore[override]
        """LifeTime's words: the first of two stages is called preparing."""
        return "Prepare deployment" if self.plan.target.two_stage else "Deploy now"

    submit = "Launch the plan"
    explanation = "The applications of this plan go from {source} to {target}, one after the other."

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Launch."""
        services.start_plan(self.plan, by=self.user)


class Continue(PlanStep):
    """Begin the second stage."""

    activity = activities.continued
    heading = "Continue deployment"
    submit = "Continue the plan"
    explanation = "What was prepared is deployed in {target} now."
    success_message = "The plan goes on; this page shows how far it is."

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Continue."""
        services.continue_plan(self.plan, by=self.user)


class PlanEnding(PlanStep):
    """A step that takes something away: it is asked about first."""

    template_name = "deployments/confirm.html"
    consequences: tuple[str, ...] = ()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what it costs."""
        return super().get_context_data(
            title=f"{self.heading} {self.plan}?", consequences=self.consequences, **kwargs
        )


class Abort(PlanEnding):
    """Stop the plan."""

    activity = activities.aborted
    heading = "Abort deployment plan"
    submit = "Abort the plan"
    success_message = "The plan is being stopped."
    consequences = (
        "A program that is deploying an application is ended in the middle of it.",
        "What is deployed already stays deployed; what has not begun is left as it is.",
    )

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Abort."""
        services.abort_plan(self.plan, by=self.user)


class Discard(PlanEnding):
    """Delete the plan."""

    activity = activities.discarded
    heading = "Discard deployment plan"
    submit = "Discard the plan"
    consequences = (
        "The plan, its options and its notes are deleted. What was done with it stays on record.",
    )

    def perform(self, data: dict[str, Any]) -> str:  # noqa: ARG002  (the form asks nothing)
        """Discard, then show the others."""
        name = f"Deployment plan {self.plan}"
        services.discard_plan(self.plan, by=self.user)
        messages.success(self.request, f"{name} was discarded.")
        return reverse(LIST[1])


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
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        """Start from where this plan went."""
        return {"source": self.plan.source_id, "target": self.plan.target_id}

    def perform(self, data: dict[str, Any]) -> str:
        """Begin the new plan, then show it."""
        return self.kind.url(services.reuse_plan(self.plan, by=self.user, **data).pk)


class Retry(PlanStep):
    """A new plan with the applications of an aborted one."""

    activity = activities.accessed
    heading = "Retry plan"
    explanation = "The same applications, from {source} to {target}, in a new draft."
    submit = "Create the plan"
    success_message = "This is a new draft with the same applications."

    def perform(self, data: dict[str, Any]) -> str:  # noqa: ARG002  (the form asks nothing)
        """Begin the new plan, then show it."""
        return self.kind.url(services.retry_plan(self.plan, by=self.user).pk)
