"""What the pages of people and of service accounts have in common."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest

from audit.activity.views import (
    ConfirmationView,
    EntityDetail,
    EntityList,
    EntityMixin,
    EntityStepView,
    PermissionMixin,
)
from roles import granting
from roles.effects import Preview
from roles.models import Role
from roles.reviews import ReviewedMixin
from users import services
from users.activities import SERVICE_ACCOUNT, USER, account_activities
from users.forms import AccountFilter, DefaultRoleChoice
from users.models import User, UserQuerySet
from users.previews import preview_default_role


class AccountList(PermissionMixin, EntityList):
    """A list with filters; active accounts unless one asks for others."""

    looked_for = "Name, username or e-mail"

    def get_queryset(self) -> Any:
        """Filter what the reader may see."""
        self.filter = AccountFilter({"status": "active", **self.request.GET.dict()})
        self.filter.fields["text"].label = self.looked_for
        visible: UserQuerySet = super().get_queryset()  # type: ignore[assignment]
        return self.filter.filtered(visible.in_order().select_related("role"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the filters."""
        return super().get_context_data(filter=self.filter, kind=self.kind, **kwargs)


# What apps above tell on an account's page: names and values for its template.
page_parts: list[Callable[[User, HttpRequest], dict[str, Any]]] = []


class AccountPage(EntityDetail):
    """An account: what it may do where, and by which role."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the account may do."""
        user: User = self.entity
        for part in page_parts:
            kwargs |= part(user, self.request)
        is_own = user.pk == self.request.user.pk
        may_control = account_activities(user).updated.allowed(self.request.user, user)
        return super().get_context_data(
            role=user.role,
            is_own=is_own,
            is_fixed=is_own or user.is_builtin,
            may_control=may_control,
            **kwargs,
        )


class AnyAccountMixin(EntityMixin):
    """For steps about a person or a service account, whichever the address names."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the account and say of which sort it is."""
        self.kind = USER if User.objects.people().filter(pk=kwargs["key"]).exists() else SERVICE_ACCOUNT
        super().setup(request, *args, **kwargs)

    def subject(self) -> Any:
        """The step is not about the account alone: what else it is about is chosen in the form."""
        return None


class AccountRole(ReviewedMixin, EntityStepView):
    """Give an account another default role."""

    form_class = DefaultRoleChoice
    heading = "Change default role"
    submit = "Change default role"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what the reader may hand out."""
        return {**super().get_form_kwargs(), "roles": grantable_by(self.request.user)}

    def preview(self, data: dict[str, Any]) -> Preview:
        """Rehearse it."""
        if self.entity.pk == self.by.pk:
            return Preview()  # the service refuses it, on record
        return preview_default_role(self.entity, data["role"])

    def act(self, data: dict[str, Any]) -> None:
        """Change it and say so."""
        services.change_default_role(self.entity, by=self.by, role=data["role"])
        self.success_message = f"{self.entity} now has the default role '{data['role']}'."


class AccountDeactivate(ConfirmationView):
    """Shut an account."""

    @property
    def submit(self) -> str:
        """Name whose account it is."""
        return f"Deactivate {self.entity}"

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Shut it and say so."""
        services.deactivate_user(self.entity, by=self.by)
        self.success_message = f"{self.entity} is deactivated."

    def consequences(self) -> list[str]:
        """Say what ends, and what stays."""
        ends = (
            "Sessions end and signing in is not possible any more."
            if self.entity.is_person
            else "Its tokens stop working at once."
        )
        return [ends, "Roles and teams stay as they are. It can be activated again."]


class AccountActivate(EntityStepView):
    """Open an account again."""

    form_class = forms.Form
    heading = "Activate"
    submit = "Activate"

    def act(self, data: dict[str, Any]) -> None:  # noqa: ARG002  (the form asks nothing)
        """Open it and say so."""
        services.activate_user(self.entity, by=self.by)
        self.success_message = f"{self.entity} is active again."


def grantable_by(user: Any) -> Any:
    """Return the roles that the signed-in user may hand out as default roles."""
    role: Role = user.role
    return granting.grantable(role)
