"""The forms of deployment plans: what may be entered and chosen. What is right is decided by the services."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db import models
from django.db.models import Q
from django.forms.boundfield import BoundField

from applications.models import Application
from deployments.choices import Line
from deployments.models import Plan
from deployments.operations import Operation
from deployments.overview import Row
from infrastructure.models import Environment

DATE = {"type": "date"}


class PlacesForm(forms.Form):
    """From where to where: environments that the user may enter."""

    source = forms.ModelChoiceField(Environment.objects.none(), empty_label=None, label="From")
    target = forms.ModelChoiceField(Environment.objects.none(), empty_label=None, label="To")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            choice(self, name).queryset = Environment.objects.visible_to(user).in_order()


class BeginningForm(PlacesForm):
    """From where to where, and perhaps with which applications: an arrow between two environments asks for both."""

    application = forms.ModelMultipleChoiceField(
        Application.objects.none(), required=False, widget=forms.MultipleHiddenInput
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        applications = cast("forms.ModelMultipleChoiceField[Any]", self.fields["application"])
        applications.queryset = Application.objects.visible_to(user).in_order()


class NotesForm(forms.Form):
    """What whoever deploys the plan should know."""

    notes = forms.CharField(
        label="Deployment notes",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class DraftForm(NotesForm):
    """The notes, and one option for each application that the page shows. Those it does not show stay as they are."""

    def __init__(self, *args: Any, lines: Sequence[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields[self.name_of(line.application.pk)] = forms.ChoiceField(
                choices=line.options,
                initial=line.chosen,
                label=str(line.application),
                widget=forms.Select(attrs={"aria-label": f"Option for {line.application}"}),
            )

    @staticmethod
    def name_of(application: UUID) -> str:
        """Return the name of an application's field."""
        return f"option-{application}"

    def rows(self) -> list[tuple[Line, BoundField]]:
        """Return each application with its field."""
        return [(line, self[self.name_of(line.application.pk)]) for line in self.lines]

    def operations(self) -> list[Operation]:
        """Return what was chosen. What is not in the plan and shall do nothing stays out of it."""
        chosen = [line.operation(self.cleaned_data[self.name_of(line.application.pk)]) for line in self.lines]
        return [operation for operation in chosen if operation is not None]


class LookForm(forms.Form):
    """Which of the applications that can stand in a plan one looks at."""

    class Which(models.TextChoices):
        ALL = "", "All applications"
        CHOSEN = "chosen", "Chosen for this plan"
        NEWER = "newer", "Newer in the source"
        CONFLICTS = "conflicts", "In the plan's way"

    find = forms.CharField(label="Application", required=False, max_length=100, widget=forms.SearchInput())
    show = forms.ChoiceField(choices=Which.choices, required=False, label="Show")

    def keeps(self, row: Row) -> bool:
        """Say whether the row is one of them."""
        find, which = self.cleaned_data.get("find", ""), self.cleaned_data.get("show", "")
        if find and find.casefold() not in row.application.name.casefold():
            return False
        return {
            self.Which.CHOSEN: row.moves,
            self.Which.NEWER: row.is_newer,
            self.Which.CONFLICTS: bool(row.conflicts),
        }.get(which, True)


class ForceForm(forms.Form):
    """Why a plan is ended without its runner."""

    reason = forms.CharField(label="Reason", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class FilterForm(forms.Form):
    """Narrows the list of plans."""

    text = forms.CharField(label="Number, person, notes or application", required=False, max_length=100)
    source = forms.ChoiceField(required=False, label="From")
    target = forms.ChoiceField(required=False, label="Deployed to")
    status = forms.ChoiceField(choices=[("", "Any status"), *Plan.Status.choices], required=False)
    since = forms.DateField(label="Created from", required=False, widget=forms.DateInput(attrs=DATE))
    until = forms.DateField(label="Created to", required=False, widget=forms.DateInput(attrs=DATE))

    def __init__(self, *args: Any, places: Sequence[Environment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.input_type = "search"
        for name in ("source", "target"):
            offered = cast(forms.ChoiceField, self.fields[name])
            offered.choices = [("", "Anywhere"), *((str(place.pk), place.name) for place in places)]

    def filter(self, plans: "models.QuerySet[Plan]") -> "models.QuerySet[Plan]":
        """Keep the plans that match what could be read."""
        data = self.cleaned_data
        if text := data.get("text", "").strip():
            plans = plans.filter(_mentions(text))
        conditions = {
            "source": data.get("source"),
            "target": data.get("target"),
            "status": data.get("status"),
            "created_at__date__gte": data.get("since"),
            "created_at__date__lte": data.get("until"),
        }
        return plans.filter(**{name: value for name, value in conditions.items() if value})


def _mentions(text: str) -> Q:
    planned = Plan.objects.filter(applications__application__name__icontains=text)
    people = [
        f"{step}_by__{name}__icontains" for step in ("created", "started") for name in ("name", "username")
    ]
    found = Q(notes__icontains=text) | Q(pk__in=planned.values("pk"))
    for person in people:
        found |= Q(**{person: text})
    number = text.removeprefix("#")
    return (
        found | Q(number=int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else found
    )


def choice(form: forms.Form, name: str) -> "forms.ModelChoiceField[Any]":
    """Return a field that offers things of the database."""
    return cast("forms.ModelChoiceField[Any]", form.fields[name])
