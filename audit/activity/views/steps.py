"""Views of pages that do one thing: authorise, validate, call one service, redirect."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from audit.activity.declaration import Activity
from audit.activity.errors import AlreadyDone
from audit.activity.kinds import Kind
from audit.activity.once import Sending
from audit.activity.stamps import Stamp
from audit.activity.views.editing import EditingView, own_stamp
from audit.activity.views.reading import EntityMixin


class StepView(EditingView):
    """A form whose sending performs one service. Subclasses say `activity`, `form_class` and `perform`.

    What the service finds wrong (ValidationError) is shown at the fields; nothing typed is lost, and nothing that
    somebody else changed meanwhile is overwritten (EditingView).
    """

    activity: Activity
    template_name = "components/form_page.html"

    @property
    def heading(self) -> str:
        """The page's heading."""
        return ""

    @property
    def submit(self) -> str:
        """The button's text, which names what it does."""
        return "Save"

    @property
    def explanation(self) -> str:
        """A sentence on what the step means, where its name does not say it."""
        return ""

    @property
    def by(self) -> Any:
        """Whoever sends the form, as the services take it; nobody comes here without having signed in."""
        return self.request.user

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask the permission before a form is shown; a refusal is on record."""
        self.activity.ask(self.subject(), by=self.by, within=self.within())
        return super().dispatch(request, *args, **kwargs)

    def subject(self) -> Any:
        """Return the thing whose permission is asked; None where the activity is about no particular thing yet."""
        return getattr(self, "entity", None)

    def within(self) -> Any:
        """Return the environment or other place the permission is about, for activities that declare `within`."""
        return None

    def crumbs(self) -> list[tuple[str, str]]:
        """Return text and address of the pages above; the nearest is also the way out."""
        return []

    def perform(self, data: dict[str, Any]) -> str:
        """Call the one service with what the form holds; return the address to go to. Raises ValidationError."""
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Perform; on the service's complaint show the form again, and where somebody was quicker, what there is."""
        try:
            self.success_url = self.perform(form.cleaned_data)
        except AlreadyDone as error:
            messages.info(self.request, f"{error.messages[0]} Nothing was done.")
            return redirect(self.way_out() or self.request.path)
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        if self.success_message:
            messages.success(self.request, self.success_message)
        return super().form_valid(form)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """Answer 422, so that a client sees without reading that nothing was done."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def way_out(self) -> str:
        """Return the address of the nearest page above, if there is one."""
        crumbs = self.crumbs()
        return crumbs[-1][1] if crumbs else ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the words and the ways out."""
        return super().get_context_data(
            heading=self.heading,
            submit=self.submit,
            explanation=self.explanation,
            crumbs=self.crumbs(),
            cancel=self.way_out(),
            **kwargs,
        )


class CreationView(StepView):
    """A form that makes a new thing of a kind."""

    kind: Kind

    def crumbs(self) -> list[tuple[str, str]]:
        """The list of such things is above."""
        return [(self.kind.title, self.kind.list_url)]


class EntityStepView(EntityMixin, StepView):
    """A form about one thing; afterwards its page is shown. Subclasses say `act` (or `perform`, to go elsewhere)."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """Answer a form about what is not there any more with what became of it, to whom the form was shown."""
        view = super().as_view(**initkwargs)

        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except Http404:
                stamp = own_stamp(request) if request.method == "POST" else None
                if stamp is None:
                    raise
                return gone(request, stamp, cls.kind, kwargs["key"])

        return answered

    def crumbs(self) -> list[tuple[str, str]]:
        """The thing's page is above, and the list of such things."""
        return [(self.kind.title, self.kind.list_url), (str(self.entity), self.kind.url(self.entity.pk))]

    def perform(self, data: dict[str, Any]) -> str:
        """Do it, then show the thing."""
        self.act(data)
        return self.kind.url(self.entity.pk)

    def act(self, data: dict[str, Any]) -> None:
        """Call the one service. Raises ValidationError."""
        raise NotImplementedError


class ConfirmationView(EntityStepView):
    """A step that takes something away: it is asked about first, with what it costs."""

    form_class: type[forms.Form] = forms.Form
    template_name = "components/confirm.html"

    @property
    def title(self) -> str:
        """The question."""
        return f"{self.submit}?"

    def consequences(self) -> list[str]:
        """Return sentences on what the step costs."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the question, and the costs for a page that tells them."""
        costs = cache(self.consequences)
        return super().get_context_data(title=self.title, consequences=costs, **kwargs)


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """Put a service's complaint at the form's fields; what names no field of the form goes above it."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)


def gone(request: HttpRequest, stamp: Stamp, kind: Kind, key: UUID) -> HttpResponseBase:
    """Lead away from a thing that its reader saw and that is not there any more, or not theirs to see."""
    sending = Sending(request, stamp)
    with sending.alone():
        if earlier := sending.earlier():
            return earlier
    is_there = kind.visible(request.user).filter(pk=key).exists()
    messages.info(
        request,
        f"{stamp.thing} has changed meanwhile, so there is nothing more to do."
        if is_there
        else f"{stamp.thing} is not there any more, so nothing was done.",
    )
    return redirect(kind.url(key) if is_there else kind.list_url)
