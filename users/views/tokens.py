"""Tokens on pages: their rows, the answer that shows a new one, and the page of one's own."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from audit.activity.gates import fetch
from audit.activity.views import StepView, add_errors
from users import activities, services
from users.forms import PersonalTokenForm, TokenForm
from users.models import Token, User
from users.sign_in import confirm
from users.views.own import OwnStepView


@dataclass(frozen=True)
class Row:
    """A token as a table shows it."""

    token: Token
    state: Token.State
    revoke: str

    @property
    def is_usable(self) -> bool:
        """Say whether it opens the door while its account does."""
        return self.state in {Token.State.WORKS, Token.State.ENDS_SOON}


def token_rows(user: User, revoke: str, *above: UUID) -> list[Row]:
    """Return all tokens, the newest first; `revoke` names the page that revokes one, `above` what its address takes
    before the token's key."""
    now = timezone.now()
    return [
        Row(token, token.state(now), reverse(revoke, args=[*above, token.pk]))
        for token in user.tokens.in_order()
    ]


@method_decorator([never_cache, sensitive_post_parameters("current")], name="dispatch")
class TokenShownOnce(StepView):
    """Shows a new token in the answer to the form that made it: once, in no address, session or log.

    Whoever holds the open session has to know the password. Sent again (reload, double click), the form makes no second
    token; going back does not show the first.
    """

    def shown(self, entity: Any) -> dict[str, Any]:  # noqa: ARG002  (the name asked for is the token's)
        """Nothing stored is shown."""
        return {}

    def issue(self, data: dict[str, Any]) -> tuple[Token, str]:
        """Call the service. Raises ValidationError."""
        raise NotImplementedError

    def form_valid(self, form: TokenForm) -> HttpResponse:  # type: ignore[override]
        """Answer with the token itself instead of a redirect."""
        data = dict(form.cleaned_data)
        try:
            confirm(self.by, data.pop("current"))
            token, text = self.issue(data)
        except ValidationError as error:
            add_errors(form, error)
            form.renew_key()
            return self.form_invalid(form)
        context = {**self.get_context_data(form=form), "token": token, "text": text}
        return self.response_class(self.request, "users/token.html", context)


class OwnTokens(TokenShownOnce, OwnStepView):
    """One's own tokens, and a new one."""

    activity = activities.personal_token_made
    form_class = PersonalTokenForm
    template_name = "users/tokens.html"
    heading = "My tokens"
    submit = "Make token"

    def issue(self, data: dict[str, Any]) -> tuple[Token, str]:
        """Call the service."""
        return services.make_personal_token(by=self.by, **data)

    def crumbs(self) -> list[tuple[str, str]]:
        """The profile is above."""
        return [("Profile", reverse("users:profile")), ("My tokens", reverse("users:tokens"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the tokens there are."""
        rows = token_rows(self.by, "users:own_token_revoke")
        return super().get_context_data(entity=self.by, tokens=rows, **kwargs)


class OwnTokenRevoke(OwnStepView):
    """Make a token of one's own stop working."""

    activity = activities.personal_token_revoked
    form_class = forms.Form
    template_name = "components/confirm.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the token out of one's own."""
        super().setup(request, *args, **kwargs)
        self.token = fetch(Token.objects.filter(user=request.user.pk).select_related("user"), kwargs["token"])

    @property
    def submit(self) -> str:
        """Name the token."""
        return f"Revoke token {self.token.name}"

    def perform(self, data: dict[str, Any]) -> str:  # noqa: ARG002  (the form asks nothing)
        """Revoke it and say so."""
        services.revoke_token(self.token, by=self.by)
        self.success_message = f"Token {self.token.name} is revoked."
        return reverse("users:tokens")

    def crumbs(self) -> list[tuple[str, str]]:
        """The list is above."""
        return [("Profile", reverse("users:profile")), ("My tokens", reverse("users:tokens"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say that it is at once, and for good."""
        costs = [
            f"Whatever uses this token ({self.token.label}) is refused at once.",
            "This cannot be undone.",
        ]
        return super().get_context_data(title=f"{self.submit}?", consequences=costs, **kwargs)
