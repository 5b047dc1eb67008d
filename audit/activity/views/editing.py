"""Forms that know what their reader saw: of two people who edit the same thing, the later one is asked."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.views.generic import FormView

from audit.activity import drafts, stamps
from audit.activity.drafts import Draft
from audit.activity.errors import Conflict
from audit.activity.expectations import expecting
from audit.activity.kinds import kind_of
from audit.activity.merging import Merge, Moved, secrets, snapshot
from audit.activity.once import Sending
from audit.activity.stamps import Stamp

ATTEMPTS = 3
UNKNOWN = (
    "What this form showed you cannot be told any more, so nothing was saved. Compare it, and send it again."
)


NOT_SAVED = "Nothing has been saved yet: look at what you typed, and send it again."


def own_stamp(request: HttpRequest) -> Stamp | None:
    """Return the stamp that was sent, if it is of this page and was given to this person."""
    stamp = stamps.read(request.POST.get(stamps.NAME, ""), path=request.path)
    return stamp if stamp and stamp.reader == str(request.user.pk) else None


class EditingView(FormView[forms.Form]):
    """A form that carries a stamp of what it showed (see docs/decisions/0009-the-version-stamp.md).

    Sent, it is compared field by field with what is stored: what only somebody else changed stays theirs; what both
    changed is asked about (409), and nothing is written. The comparison is repeated when the step has locked the row.
    """

    merge: Merge | None = None
    success_message = ""

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

    def post(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
        """Do it once, unless it was sent before; show what was typed before the session ended."""
        if drafts.NAME in request.POST:
            return self._drafted(drafts.read(request.POST[drafts.NAME]))
        stamp = own_stamp(request)
        if stamp is None or stamp.seen:  # sent again, an edited thing only becomes what it is
            return self._compare_and_do()
        sending = Sending(request, stamp)
        with sending.alone():
            if earlier := sending.earlier():
                return earlier
            response = self._compare_and_do()
            if response.status_code == HTTPStatus.FOUND:
                sending.remember(response["Location"], self.success_message)
        return response

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

    def _drafted(self, draft: Draft | None) -> HttpResponse:
        if draft is None or (draft.path, draft.reader) != (self.request.path, str(self.request.user.pk)):
            return redirect(self.request.path)
        self.request.POST = draft.data  # type: ignore[assignment]
        messages.warning(self.request, NOT_SAVED)
        return self.show_again()

    def _compare_and_do(self) -> HttpResponse:
        """Where somebody was quicker, compare again. Raises Conflict if that has no end."""
        for _ in range(ATTEMPTS):
            try:
                return self._attempt()
            except Moved:
                del self.stored
                self.setup(self.request, *self.args, **self.kwargs)
        raise Conflict

    def _attempt(self) -> HttpResponse:
        form, merge = self._compared()
        if merge.since is None and stamps.NAME in self.request.POST:
            form.add_error(None, UNKNOWN)
            return self.form_invalid(form)
        return self.form_disputed(form) if merge.disputes else self._carry_out(form, merge)

    def _compared(self) -> tuple[forms.Form, Merge]:
        form = self.get_form()
        self.merge = Merge(form, own_stamp(self.request), snapshot(form, self.stored))
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
            messages.info(self.request, f"Changed meanwhile, and kept as it is now: {kept}.")
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
