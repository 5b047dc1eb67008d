"""One's own browser sessions."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from users import activities, services
from users.forms import TokensToo
from users.models import Session
from users.views.own import OwnStepView


class OwnSessions(TemplateView):
    """Where one is signed in."""

    template_name = "users/sessions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the sessions, this one first and marked."""
        here = self.request.session.session_key
        live = Session.objects.live(timezone.now()).filter(user=self.request.user.pk)
        rows = [(session, session.session_key == here) for session in live]
        return super().get_context_data(sessions=sorted(rows, key=lambda row: not row[1]), **kwargs)


class SessionStep(OwnStepView):
    """A question about one's own sessions, before they end."""

    template_name = "components/confirm.html"
    form_class: type[forms.Form] = forms.Form

    def crumbs(self) -> list[tuple[str, str]]:
        """The list is above."""
        return [("Profile", reverse("users:profile")), ("My sessions", reverse("users:sessions"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the question and the costs."""
        return super().get_context_data(title=f"{self.submit}?", consequences=self.consequences(), **kwargs)

    def consequences(self) -> list[str]:
        """Return sentences on what the step costs."""
        raise NotImplementedError


class OwnSessionEnd(SessionStep):
    """End one session of one's own."""

    activity = activities.session_ended
    submit = "End session"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the session out of one's own."""
        super().setup(request, *args, **kwargs)
        mine = Session.objects.live(timezone.now()).filter(user=request.user.pk).select_related("user")
        self.session: Session = get_object_or_404(mine, key=kwargs["session"])

    def consequences(self) -> list[str]:
        """Name the session."""
        where = f"{self.session.browser}, {self.session.address}"
        return [f"Whoever uses it ({where}) has to sign in again; what was typed there and not sent is lost."]

    def perform(self, data: dict[str, Any]) -> str:  # noqa: ARG002  (the form asks nothing)
        """End it and say so."""
        services.end_session(self.session, by=self.by)
        self.success_message = "The session is ended."
        return reverse("users:sessions")


class OwnSignOutEverywhere(SessionStep):
    """End all sessions of one's own, this one too."""

    activity = activities.signed_out_everywhere
    form_class = TokensToo
    submit = "Sign out everywhere"

    def consequences(self) -> list[str]:
        """Say how many end."""
        count = Session.objects.live(timezone.now()).filter(user=self.by.pk).count()
        return [
            f"All your sessions end ({count}), this one too: you have to sign in again.",
            "If somebody else was in, change your password as well.",
        ]

    def perform(self, data: dict[str, Any]) -> str:
        """End them and say so at the door."""
        services.sign_out_everywhere(self.by, by=self.by, tokens=data["tokens"])
        logout(self.request)
        messages.success(self.request, "You are signed out everywhere.")
        return reverse("users:sign_in")
