"""A page per step with a plan: launch, continue, abort, finish by force, discard, reuse and retry, and its notes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from audit.activity.gates import fetch
from audit.activity.views import ConfirmationView, EntityMixin, EntityStepView
from deployments import activities, force, services
from deployments.choices import versions_of
from deployments.forms import ForceForm, NotesForm, PlacesForm
from deployments.models import Plan
from deployments.overview import overview

MOVES_SHOWN = 100  # applications that are named before a launch


def with_names(plans: "QuerySet[Any]") -> "QuerySet[Any]":
    """Read plans with what their pages call by name."""
    return plans.select_related("source", "target", "created_by", "saved_by", "started_by", "aborted_by")


class PlanMixin(EntityMixin):
    """For pages of one plan."""

    kind = activities.PLAN
    entity: Plan

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the plan with the names that its pages call, at once. Raises Http404."""
        super(EntityMixin, self).setup(request, *args, **kwargs)  # type: ignore[misc]
        self.entity = fetch(with_names(self.kind.visible(request.user)), kwargs["key"])

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Perform. Where the plan has gone on meanwhile (a second click, somebody else), show it and say so."""
        try:
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        except Overtaken as error:
            messages.info(self.request, str(error))
            response = HttpResponseRedirect(self.kind.url(self.entity.pk))
        return response

    def perform(self, data: dict[str, Any]) -> str:
        """Perform. Raises Overtaken if the plan is not where the step begins."""
        with in_its_place():
            address: str = super().perform(data)  # type: ignore[misc]
        return address


class Overtaken(Exception):
    """The plan has gone on since its page was shown."""


@contextmanager
def in_its_place() -> Iterator[None]:
    """Raise Overtaken for a service's complaint that the plan is not where the step begins."""
    try:
        yield
    except ValidationError as error:
        if "status" in getattr(error, "error_dict", {}):
            raise Overtaken(f"Nothing was done. {error.messages[0]}") from error
        raise


class PlanStep(PlanMixin, EntityStepView):
    """A step with one plan; afterwards its page is shown."""

    form_class: type[forms.Form] = forms.Form


class EditNotes(PlanStep):
    """Write the notes, at any time of the plan's life."""

    activity = activities.notes_edited
    form_class = NotesForm
    heading = "Edit notes"
    submit = "Save notes"
    success_message = "The notes are saved."

    def act(self, data: dict[str, Any]) -> None:
        """Write them."""
        services.edit_notes(self.entity, by=self.by, notes=data["notes"])


class Start(PlanStep):
    """Launch the plan: what it will change is shown first."""

    activity = activities.launched
    template_name = "deployments/start.html"
    success_message = "The plan was launched; this page shows how far it is."

    @property
    def heading(self) -> str:
        """LifeTime's words: the first of two stages is called preparing."""
        return "Prepare deployment" if self.entity.target.two_stage else "Deploy now"

    submit = heading

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what would change, and what is in the way of it."""
        found = overview(self.entity, self.by)
        found.examine(versions_of(row.application.pk for row in found.moving))
        return super().get_context_data(
            moving=found.moving,
            shown=found.moving[:MOVES_SHOWN],
            conflicts=found.conflicts if self.entity.is_open else [],
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Launch."""
        services.start_plan(self.entity, by=self.by)


class Continue(PlanStep):
    """Begin the second stage."""

    activity = activities.continued
    heading = "Continue deployment"
    submit = "Continue deployment"
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
    submit = "Abort plan"
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


class Force(PlanMixin, ConfirmationView):
    """End a plan whose runner is gone or stuck."""

    activity = activities.forced
    form_class = ForceForm
    submit = "Finish by force"
    success_message = "The plan was finished by force."

    @property
    def title(self) -> str:
        """Name the plan."""
        return f"Finish deployment plan {self.entity} by force?"

    def consequences(self) -> list[str]:
        """Say what is not known afterwards, and what is in the way of it now."""
        problem = force.obstacle(self.entity)
        return [
            "For a plan whose worker is gone or stuck, so that aborting it has no effect.",
            "Nobody knows what became of the application at work: it counts as failed. Look in "
            f"{self.entity.target}, and see to it that no program of the old worker is left.",
            *([problem] if problem else []),
        ]

    def act(self, data: dict[str, Any]) -> None:
        """End it."""
        force.force_finish(self.entity, by=self.by, reason=data["reason"])


class Discard(PlanMixin, ConfirmationView):
    """Delete the plan."""

    activity = activities.discarded
    submit = "Discard plan"

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
        with in_its_place():
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
    submit = "Create plan"
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
        with in_its_place():
            plan = services.reuse_plan(self.entity, by=self.by, **data)
        return self.kind.url(plan.pk)


class Retry(PlanStep):
    """A new plan with the applications of an aborted one."""

    activity = activities.accessed
    heading = "Retry plan"
    submit = "Create plan"
    success_message = "This is a new draft with the same applications."

    @property
    def explanation(self) -> str:
        """Name the way."""
        return f"The same applications, from {self.entity.source} to {self.entity.target}, in a new draft."

    def perform(self, data: dict[str, Any]) -> str:  # noqa: ARG002  (the form asks nothing)
        """Begin the new plan, then show it."""
        with in_its_place():
            plan = services.retry_plan(self.entity, by=self.by)
        return self.kind.url(plan.pk)
