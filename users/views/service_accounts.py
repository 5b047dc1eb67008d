"""The pages of service accounts and their tokens."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from audit.activity.gates import fetch
from audit.activity.views import ConfirmationView, CreationView, EntityStepView
from users import activities, services
from users.forms import NewServiceAccountForm, RotateForm, ServiceAccountForm, TokenForm
from users.models import Token
from users.views import accounts
from users.views.tokens import TokenShownOnce, token_rows


class ServiceAccounts:
    """Pages about service accounts."""

    kind = activities.SERVICE_ACCOUNT


class ServiceAccountList(ServiceAccounts, accounts.AccountList):
    """All service accounts."""

    activity = activities.SERVICE.listed
    template_name = "users/service_accounts.html"
    looked_for = "Name or username"

    def get_queryset(self) -> Any:
        """Ask how their tokens stand, and fetch the teams at once."""
        return super().get_queryset().with_token_state(timezone.now()).prefetch_related("memberships__team")


class ServiceAccountPage(ServiceAccounts, accounts.AccountPage):
    """A service account and its tokens."""

    accessed = activities.SERVICE.accessed
    template_name = "users/service_account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the tokens, newest first."""
        rows = token_rows(self.entity, "users:token_revoke", self.entity.pk)
        return super().get_context_data(tokens=rows, rotates=any(row.is_usable for row in rows), **kwargs)


class ServiceAccountCreate(ServiceAccounts, CreationView):
    """A new service account."""

    activity = activities.SERVICE.created
    form_class = NewServiceAccountForm
    heading = "New service account"
    submit = "Create service account"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the roles that the reader may hand out."""
        return {**super().get_form_kwargs(), "roles": accounts.grantable_by(self.request.user)}

    def perform(self, data: dict[str, Any]) -> str:
        """Create it and say so."""
        account = services.create_service_account(by=self.by, **data)
        self.success_message = f"Service account '{account}' created. Give it a token next."
        return account.url


class ServiceAccountEdit(ServiceAccounts, EntityStepView):
    """Change what a service account is called."""

    activity = activities.SERVICE.updated
    form_class = ServiceAccountForm
    heading = "Edit service account"
    submit = "Save service account"

    def act(self, data: dict[str, Any]) -> None:
        """Change it and say so."""
        services.change_service_account(self.entity, by=self.by, **data)
        self.success_message = f"Service account '{self.entity}' saved."


class ServiceAccountRole(ServiceAccounts, accounts.AccountRole):
    """Give a service account another default role."""

    activity = activities.SERVICE.default_role_changed


class ServiceAccountDeactivate(ServiceAccounts, accounts.AccountDeactivate):
    """Shut a service account."""

    activity = activities.SERVICE.deactivated


class ServiceAccountActivate(ServiceAccounts, accounts.AccountActivate):
    """Open a service account again."""

    activity = activities.SERVICE.activated


class TokenIssue(ServiceAccounts, TokenShownOnce, EntityStepView):
    """Make a token."""

    activity = activities.token_issued
    form_class = TokenForm
    heading = "New token"
    submit = "Make token"

    def issue(self, data: dict[str, Any]) -> tuple[Token, str]:
        """Call the service."""
        return services.issue_token(self.entity, by=self.by, **data)


class TokenRotate(TokenIssue):
    """Make a token that replaces the earlier ones."""

    activity = activities.token_rotated
    form_class = RotateForm
    heading = "Rotate token"
    submit = "Make token and end the earlier ones"

    def issue(self, data: dict[str, Any]) -> tuple[Token, str]:
        """Call the service."""
        return services.rotate_token(self.entity, by=self.by, **data)


class TokenRevoke(ServiceAccounts, ConfirmationView):
    """Make a token stop working."""

    activity = activities.token_revoked

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the token out of those of the account."""
        super().setup(request, *args, **kwargs)
        self.token = fetch(Token.objects.filter(user=self.entity), kwargs["token"])

    @property
    def submit(self) -> str:
        """Name the token."""
        return f"Revoke token {self.token.name}"

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Revoke it and say so."""
        services.revoke_token(self.token, by=self.by)
        self.success_message = f"Token {self.token.name} is revoked."

    def consequences(self) -> list[str]:
        """Say that it is at once, and for good."""
        return ["Whatever uses this token is refused at once.", "This cannot be undone."]
