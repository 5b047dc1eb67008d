"""Blocked sign-ins: of a person, and of whole addresses."""

from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from audit.activity.views import EntityStepView, PermissionMixin, StepView
from users import activities, services
from users.forms import AddressForm
from users.lockout import blocked_addresses


class Unblock(EntityStepView):
    """Let a person sign in again from an address."""

    kind = activities.USER
    activity = activities.unblocked
    form_class = AddressForm
    heading = submit = "Unblock"

    def get_initial(self) -> dict[str, Any]:
        """Take the address from the link."""
        return {"address": self.request.GET.get("address", "")}

    def act(self, data: dict[str, Any]) -> None:
        """Unblock and say so."""
        services.unblock(self.entity, by=self.by, address=data["address"])
        self.success_message = f"{self.entity} may sign in again from {data['address']}."


class BlockedAddresses(PermissionMixin, TemplateView):
    """The addresses from which nobody may sign in now."""

    activity = activities.address_unblocked
    template_name = "users/blocked_addresses.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add them."""
        return super().get_context_data(
            blocked=blocked_addresses(), action=reverse("users:unblock_address"), **kwargs
        )


class UnblockAddress(StepView):
    """Let people sign in again from an address."""

    activity = activities.address_unblocked
    form_class = AddressForm
    heading = submit = "Unblock"

    def get_initial(self) -> dict[str, Any]:
        """Take the address from the link."""
        return {"address": self.request.GET.get("address", "")}

    def perform(self, data: dict[str, Any]) -> str:
        """Unblock and say so."""
        services.unblock_address(data["address"], by=self.by)
        self.success_message = f"People may sign in again from {data['address']}."
        return reverse("users:blocked_addresses")

    def crumbs(self) -> list[tuple[str, str]]:
        """The list is above."""
        return [("Blocked addresses", reverse("users:blocked_addresses"))]
