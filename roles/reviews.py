"""A step that says whom it affects before it is taken: Review, then Save, without any JavaScript."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from audit.activity.views import ConfirmationView, add_errors
from roles.effects import Preview
from roles.forms import RoleChoice

OWN = {"csrfmiddlewaretoken", "reviewed", "back"}  # what this step adds to the form


class ReviewedMixin:
    """For steps that change what people may do. What was typed is sent again with what was reviewed: if it would affect
    others by then, it is reviewed again."""

    request: HttpRequest

    def preview(self, data: dict[str, Any]) -> Preview:
        """Return whom the step would affect. Raises ValidationError as the service does."""
        raise NotImplementedError

    def wants_review(self, preview: Preview) -> bool:
        """Say whether this is to be looked at first."""
        return bool(preview)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Go back to the form with what was typed, if that is what was pressed."""
        if "back" in request.POST:
            page: HttpResponse = self.show_again()  # type: ignore[attr-defined]
            return page
        answer: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Show whom it affects, unless that was just seen or it is nobody; then take the step.

        Of a role that the sender may not hand out nothing is told: the service refuses it, on record.
        """
        try:
            refused = isinstance(form, RoleChoice) and not form.is_offered
            preview = Preview() if refused else self.preview(form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
            faulty: HttpResponse = self.form_invalid(form)  # type: ignore[attr-defined]
            return faulty
        if self.wants_review(preview) and self.request.POST.get("reviewed") != preview.digest:
            return self._review(form, preview)
        done: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return done

    def _review(self, form: forms.Form, preview: Preview) -> HttpResponse:
        sent = [(name, value) for name, values in self.request.POST.lists() for value in values]
        context = self.get_context_data(  # type: ignore[attr-defined]
            form=form,
            preview=preview,
            sent=[(name, value) for name, value in sent if name not in OWN],
            is_outdated="reviewed" in self.request.POST,
        )
        page: HttpResponse = self.response_class(self.request, "roles/review.html", context)  # type: ignore[attr-defined]
        return page


class CostView(ConfirmationView):
    """Take something away by which people may do what they may, after saying whom that costs what."""

    template_name = "roles/cost.html"

    def preview(self) -> Preview:
        """Return whom it would affect."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whom it would affect."""
        return super().get_context_data(preview=self.preview(), **kwargs)


class LossReviewedMixin(ReviewedMixin):
    """For steps that give somebody a role: giving is what the form says already, but where it also takes something
    away, that is said first."""

    def wants_review(self, preview: Preview) -> bool:
        """Say whether somebody may do less."""
        return preview.takes_away
