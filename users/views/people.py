"""The pages of people."""

from typing import Any

from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from audit.activity.views import ConfirmationView, CreationView, EntityStepView
from users import activities, services
from users.forms import NewPersonForm, PersonForm, SetPasswordForm, TokensToo
from users.lockout import blocked_sign_ins
from users.views import accounts


class People:
    """Pages about people."""

    kind = activities.USER


class PersonList(People, accounts.AccountList):
    """All people."""

    activity = activities.PERSON.listed
    template_name = "users/list.html"


class PersonPage(People, accounts.AccountPage):
    """A person."""

    accessed = activities.PERSON.accessed
    template_name = "users/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the addresses from which they may not sign in now."""
        return super().get_context_data(blocked=blocked_sign_ins(self.entity), **kwargs)


@method_decorator(sensitive_post_parameters("password", "again"), name="dispatch")
class PersonCreate(People, CreationView):
    """A new person."""

    activity = activities.PERSON.created
    form_class = NewPersonForm
    heading = "New user"
    submit = "Create user"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the roles that the reader may hand out."""
        return {**super().get_form_kwargs(), "roles": accounts.grantable_by(self.request.user)}

    def perform(self, data: dict[str, Any]) -> str:
        """Create them and say so."""
        data.pop("again")
        person = services.create_user(by=self.by, **data)
        self.success_message = f"User '{person}' created."
        return person.url


class PersonEdit(People, EntityStepView):
    """Change what a person is called."""

    activity = activities.PERSON.updated
    form_class = PersonForm
    heading = "Edit user"
    submit = "Save user"

    def act(self, data: dict[str, Any]) -> None:
        """Change it and say so."""
        services.change_user(self.entity, by=self.by, **data)
        self.success_message = f"User '{self.entity}' saved."


@method_decorator(sensitive_post_parameters("password", "again"), name="dispatch")
class PersonPassword(People, EntityStepView):
    """Give a person a password."""

    activity = activities.password_set
    form_class = SetPasswordForm
    heading = "Set password"
    submit = "Set password"

    def act(self, data: dict[str, Any]) -> None:
        """Set it and say so."""
        password, must_change, tokens = data["password"], data["must_change"], data["tokens"]
        services.set_password(
            self.entity, by=self.by, password=password, must_change=must_change, tokens=tokens
        )
        ended = (
            "sessions have ended, and their personal tokens are revoked" if tokens else "sessions have ended"
        )
        self.success_message = f"{self.entity} has a new password; their {ended}."


class PersonRole(People, accounts.AccountRole):
    """Give a person another default role."""

    activity = activities.PERSON.default_role_changed


class PersonDeactivate(People, accounts.AccountDeactivate):
    """Shut a person's account."""

    activity = activities.PERSON.deactivated


class PersonActivate(People, accounts.AccountActivate):
    """Open a person's account again."""

    activity = activities.PERSON.activated


class PersonSignOutEverywhere(People, ConfirmationView):
    """End all sessions of a person."""

    activity = activities.was_signed_out_everywhere
    form_class = TokensToo

    @property
    def submit(self) -> str:
        """Name whose sessions end."""
        return f"Sign {self.entity} out everywhere"

    def consequences(self) -> list[str]:
        """Say how many sessions end, and what does not."""
        count = self.entity.sessions.live(timezone.now()).count()
        ending = f"{count} browser session{'s' if count != 1 else ''} will end"
        return [
            f"{ending}; what was typed there and not sent is lost." if count else "There is no session now.",
            f"{self.entity} can sign in again. To prevent that, deactivate the account or set another password.",
        ]

    def act(self, data: dict[str, Any]) -> None:
        """End them and say so."""
        count = services.sign_out_everywhere(self.entity, by=self.by, tokens=data["tokens"])
        self.success_message = (
            f"{self.entity} is signed out: {count} session{'s' if count != 1 else ''} ended."
        )
