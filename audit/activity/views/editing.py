"""Forms that know what their reader saw: of two people who edit the same thing, the later one is asked."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.views.generic import FormView

from audit.activity import stamps
from audit.activity.errors import Conflict
from audit.activity.expectations import expecting
from audit.activity.kinds import kind_of
from audit.activity.merging import Merge, Moved, secrets, snapshot
from audit.activity.stamps import Stamp

ATTEMPTS = 3
UNKNOWN = (
    "What this form showed you cannot be told any more, so nothing was saved. Compare it, and send it again."
)


class EditingView(FormView[forms.Form]):
    """A form that carries a stamp of what it showed (see docs/decisions/0009-the-version-stamp.md).

    Sent, it is compared field by field with what is stored: what only somebody else changed stays theirs; what both
    changed is asked about (409), and nothing is written. The comparison is repeated when the step has locked the row.
    """

    merge: Merge | None = None

    def subject(self) -> Any:
        """Return the thing that the form is about; None where there is none yet."""
        return None

    def shown(self, entity: Any) -> Mapping[str, Any]:
        """Return the stored values that the form shows, by field.

        That is every column that a field is named after; a view adds what it shows of other rows, read anew.
        """
        return {field.name: getattr(entity, field.attname) for field in kind_of(entity).recorded_fields}

    def get_initial(self) -> dict[str, Any]:
        """Start from what is stored."""
        return {**super().get_initial(), **self.stored}

    @cached_property
    def stored(self) -> Mapping[str, Any]:
        """What the form shows, as it was when the request came."""
        entity = self.subject()
        return self.shown(entity) if entity is not None else {}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Compare, then do it; where somebody was quicker, compare again. Raises Conflict if that has no end."""
        for _ in range(ATTEMPTS):
            try:
                return self._attempt()
            except Moved:
                del self.stored
                self.setup(request, *args, **kwargs)
        raise Conflict

    def show_again(self) -> HttpResponse:
        """Show the form with what was sent, compared as if it were to be carried out."""
        form = self._compared()[0]
        return self.render_to_response(self.get_context_data(form=form))

    def form_disputed(self, form: forms.Form) -> HttpResponse:
        """Ask about the fields that somebody else changed as well: 409, nothing was done."""
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the stamp, and what somebody else changed."""
        context = super().get_context_data(**kwargs)
        return {**context, "stamp": str(self._stamp(context["form"])), "merge": self.merge}

    def _attempt(self) -> HttpResponse:
        form, merge = self._compared()
        if merge.since is None and stamps.NAME in self.request.POST:
            form.add_error(None, UNKNOWN)
            return self.form_invalid(form)
        return self.form_disputed(form) if merge.disputes else self._carry_out(form, merge)

    def _compared(self) -> tuple[forms.Form, Merge]:
        form, sent = self.get_form(), self.request.POST.get(stamps.NAME, "")
        stamp = stamps.read(sent, path=self.request.path)
        if stamp and stamp.reader != str(self.request.user.pk):
            stamp = None
        self.merge = Merge(form, stamp, snapshot(form, self.stored))
        return form, self.merge

    def _carry_out(self, form: forms.Form, merge: Merge) -> HttpResponse:
        if not form.is_valid():
            return self.form_invalid(form)

        def compare(entity: Any) -> None:
            if snapshot(form, self.shown(entity)) != merge.now:
                raise Moved

        with expecting(self.subject(), compare):
            response = self.form_valid(form)
        if merge.kept and response.status_code < 400:
            kept = ", ".join(merge.kept)
            messages.info(
                self.request, f"Somebody else changed meanwhile, and what they chose was kept: {kept}."
            )
        return response

    def _stamp(self, form: forms.Form) -> Stamp:
        merge = self.merge
        return Stamp(
            path=self.request.path,
            reader=str(self.request.user.pk),
            thing=str(self.subject() or ""),
            seen=merge.now if merge else snapshot(form, self.stored),
            disputed=merge.disputed if merge else {},
            secret=[form.add_prefix(name) for name in secrets(form)],
        )
