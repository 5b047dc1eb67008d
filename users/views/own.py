"""Signing in and out, and what one may change about oneself."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from audit.activity.views import StepView
from users import activities, services
from users.forms import OwnPasswordForm, SignInForm, TimeZoneForm
from users.lockout import TooManyAttempts, too_many
from users.models import User
from users.sign_in import proving

WRONG = "Invalid username or password."


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("password")], name="dispatch")
class SignIn(FormView[SignInForm]):
    """Username and password; the same answer for every way in which they are wrong."""

    form_class = SignInForm
    template_name = "users/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let whoever is in already go on."""
        if request.user.is_authenticated:
            return redirect(self.next or resolve_url(settings.LOGIN_REDIRECT_URL))
        return super().dispatch(request, *args, **kwargs)

    @property
    def next(self) -> str:
        """Where to go afterwards: an absolute path of this host, or nothing.

        Anything else that is safe, such as a bare word, `redirect` would take for the name of a page.
        """
        url = self.request.POST.get("next", self.request.GET.get("next", ""))
        safe = url_has_allowed_host_and_scheme(
            url, {self.request.get_host()}, require_https=self.request.is_secure()
        )
        return url if safe and url.startswith("/") and url != reverse("applications:list") else ""

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """Let in, or say no and record it."""
        username = form.cleaned_data["username"]
        try:
            attempt = services.begin_sign_in(username)
        except TooManyAttempts as error:
            form.add_error(None, str(error))
            return self.rejected(form, HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(error.seconds)})
        person = authenticate(self.request, **form.cleaned_data)
        if not isinstance(person, User):
            services.record_failed_sign_in(username)
            form.add_error(None, f"{WRONG} {too_many(attempt.wait)}" if attempt.wait else WRONG)
            return self.form_invalid(form)
        services.sign_in(person, request=self.request, attempt=attempt)
        return redirect(self.next or resolve_url(settings.LOGIN_REDIRECT_URL))

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        """Answer 422: nobody was let in."""
        return self.rejected(form, HTTPStatus.UNPROCESSABLE_ENTITY, {})

    def rejected(self, form: SignInForm, status: HTTPStatus, headers: dict[str, str]) -> HttpResponse:
        """Show the form again."""
        context = self.get_context_data(form=form)
        return self.response_class(
            self.request, self.get_template_names(), context, status=status, headers=headers
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Keep where to go afterwards."""
        return super().get_context_data(next=self.next, **kwargs)


class SignOut(View):
    """End the session. Only by POST: no link or image of another site signs anybody out."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """End it."""
        services.sign_out(request)
        return redirect("users:sign_in")


class OwnStepView(StepView):
    """A form about oneself."""

    def subject(self) -> Any:
        """Ask about one's own account."""
        return self.request.user


class Profile(OwnStepView):
    """What the console knows about whoever is signed in; the time zone is theirs to choose."""

    activity = activities.time_zone_changed
    form_class = TimeZoneForm
    template_name = "users/profile.html"
    submit = "Save time zone"
    success_message = "Times are now shown in the zone you chose."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Count what gives access in one's name."""
        now = timezone.now()
        return super().get_context_data(
            tokens=self.by.tokens.usable(now).count(), sessions=self.by.sessions.live(now).count(), **kwargs
        )

    def perform(self, data: dict[str, Any]) -> str:
        """Change it."""
        services.change_own_time_zone(by=self.by, time_zone=data["time_zone"])
        return reverse("users:profile")


@method_decorator(sensitive_post_parameters("current", "password", "again"), name="dispatch")
class OwnPassword(OwnStepView):
    """Change one's own password; this session goes on, all others end."""

    activity = activities.password_changed
    form_class = OwnPasswordForm
    heading = submit = "Change password"

    def get_template_names(self) -> list[str]:
        """Whoever has to change it sees this page alone."""
        return (
            ["users/password_demanded.html"] if self.by.must_change_password else super().get_template_names()
        )

    def perform(self, data: dict[str, Any]) -> str:
        """Change it, and keep this session under a new key."""
        demanded, key = self.by.must_change_password, self.request.session.session_key
        with proving(self.by):
            services.change_own_password(
                by=self.by,
                current=data["current"],
                new=data["password"],
                session_key=key,
                tokens=data["tokens"],
            )
        update_session_auth_hash(self.request, self.by)
        ended = "All your other sessions have ended"
        ended += ", and your personal tokens are revoked." if data["tokens"] else "."
        messages.success(self.request, f"Your password is changed. {ended}")
        return reverse("applications:list" if demanded else "users:profile")

    def crumbs(self) -> list[tuple[str, str]]:
        """The profile is above; for whoever has to change the password, nothing is."""
        return [] if self.by.must_change_password else [("Profile", reverse("users:profile"))]
