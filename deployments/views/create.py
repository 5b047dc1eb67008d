"""Beginning a plan: from where to where, and with which applications if the address names some."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from applications.models import Application
from audit.activity.views import CreationView
from deployments import activities, services
from deployments.choices import lines
from deployments.forms import BeginningForm
from deployments.models import Plan
from infrastructure.models import Environment

NAMED = 5  # applications that the page calls by their names


class Create(CreationView):
    """A new plan. `?source=…&target=…&application=…` (keys, the last one repeatable) fill the form in beforehand."""

    kind = activities.PLAN
    activity = activities.created
    form_class = BeginningForm
    template_name = "deployments/create.html"
    heading = "New deployment plan"
    submit = "Create plan"
    explanation = (
        "A plan takes applications from one environment to another. It is a draft until you save it."
    )

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Find what the address asks for. What is hidden, absent or malformed is not there, and all the same."""
        super().setup(request, *args, **kwargs)
        self.unknown = False

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the environments that the user may enter."""
        return {**super().get_form_kwargs(), "user": self.by}

    def get_initial(self) -> dict[str, Any]:
        """Suggest the way from the first environment to the second, or what the address asks for."""
        places = {str(place.pk): place for place in Environment.objects.visible_to(self.by).in_order()}
        asked = {name: self.request.GET[name] for name in ("source", "target") if name in self.request.GET}
        found = {name: places[key] for name, key in asked.items() if key in places}
        suggested = dict(zip(("source", "target"), list(places.values())[:2], strict=False))
        if len(set(asked.values())) < len(asked):
            found.pop("target", None)  # nothing goes from a place to itself
        self.applications = self._applications(self.request.GET.getlist("application"))
        self.unknown |= len(found) < len(asked)
        return {**suggested, **found, "application": [application.pk for application in self.applications]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add with what the plan begins, and whether the address asked for something that is not there."""
        context = super().get_context_data(**kwargs)
        context["named"] = self.applications[:NAMED]
        context["unnamed"] = len(self.applications[NAMED:])
        context["unknown"] = self.unknown
        return context

    def perform(self, data: dict[str, Any]) -> str:
        """Begin the plan, then show it to have its options chosen."""
        asked = {application.pk for application in data.pop("application")}
        offered = lines(Plan(**data), self.by) if asked else []
        operations = [line.suggested for line in offered if line.application.pk in asked]
        plan = services.create_plan(by=self.by, operations=operations, **data)
        return self.kind.url(plan.pk)

    def _applications(self, asked: Iterable[str]) -> list[Application]:
        keys = {key for text in asked if (key := _key(text))}
        found = list(Application.objects.visible_to(self.by).filter(pk__in=keys).in_order()) if keys else []
        self.unknown = len(found) < len(set(asked))
        return found


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
