"""The components on one page, for whoever builds pages. The demo serves it; an installation does not (DEMO)."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

TONES = ("", "good", "warn", "bad", "accent")
NOTES = (
    ("", "information-circle", "A standing notice. It tells what is so."),
    ("success", "check-circle", "What was done, after it was done: role Tester created."),
    (
        "warning",
        "exclamation-triangle",
        "What a step costs, before it is taken: 12 people lose access to Production.",
    ),
    ("error", "exclamation-circle", "What went wrong, and what would be right."),
)
LEVELS = {"Development": "Full Control", "Staging": "Change and Deploy Applications", "Production": ""}


class ExampleForm(forms.Form):
    """Every kind of field, and what it says of a fault."""

    name = forms.CharField(max_length=40, help_text="Whole words, as people say it.")
    reason = forms.CharField(widget=forms.Textarea, required=False)
    level = forms.ChoiceField(choices=[("", "Choose a level"), ("full", "Full Control")])
    begins = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), required=False)
    informs = forms.BooleanField(label="Tell the team", required=False)


def design_system(request: HttpRequest) -> HttpResponse:
    """Show the components, a form once empty and once with faults."""
    context: dict[str, Any] = {
        "tones": TONES,
        "notes": NOTES,
        "levels": LEVELS,
        "now": timezone.now(),
        "form": ExampleForm(auto_id="empty_%s"),
        "faulty": ExampleForm({"name": "x" * 41, "level": "none"}, auto_id="faulty_%s"),
    }
    return render(request, "design_system.html", context)
