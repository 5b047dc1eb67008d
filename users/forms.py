"""The forms of people and service accounts."""

from typing import Any
from uuid import uuid4
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from audit.activity.choosing import AccountChoice
from roles.forms import RoleChoice
from roles.models import Role
from users.models import Token, User
from users.passwords import RULE
from users.tokens import LONGEST_DAYS, LONGEST_OVERLAP_HOURS

LONGEST_PASSWORD = 4096  # hashing takes time: nobody sends a megabyte


def time_zones() -> list[tuple[str, str]]:
    """Return the zones that one can choose."""
    return [("", "The console's"), *((zone, zone) for zone in sorted(available_timezones()))]


def password_field(label: str, autocomplete: str, **options: Any) -> forms.CharField:
    """Return a field whose value is taken as it is typed and never shown again."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST_PASSWORD, widget=widget, **options)


class TimeZoneForm(forms.Form):
    """In which zone times are shown."""

    time_zone = forms.ChoiceField(choices=time_zones, required=False)


class PersonForm(TimeZoneForm):
    """What a person is called and how they are reached."""

    name = forms.CharField(max_length=100)
    username = forms.CharField(max_length=100, help_text="What they sign in with.")
    email = forms.EmailField(label="E-mail", max_length=254, required=False)
    field_order = ["name", "username", "role", "email", "time_zone"]


class DefaultRoleChoice(RoleChoice):
    """A default role."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].label = "Default role"


class UserField(AccountChoice):
    """A choice of accounts that are still to be named: a form says whom it offers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(User.objects.none(), empty_label="Choose a user", **kwargs)


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    password = password_field("New password", "new-password")
    again = password_field("New password again", "new-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = RULE

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        data = self.cleaned_data
        if {"password", "again"} <= data.keys() and data["password"] != data["again"]:
            raise ValidationError({"again": "This is not the same as the password above."})
        return data


class FirstPasswordForm(NewPasswordForm):
    """A password chosen for somebody else."""

    must_change = forms.BooleanField(
        label="They have to choose another at the next sign-in", required=False, initial=True
    )


def tokens_field(*, initial: bool) -> forms.BooleanField:
    """Return the choice whether personal tokens end as well."""
    return forms.BooleanField(
        label="Revoke the personal tokens too",
        required=False,
        initial=initial,
        help_text="Programs that use them stop working, for good. Tokens that are not revoked outlive this.",
    )


class TokensToo(forms.Form):
    """What ends besides the sessions."""

    tokens = tokens_field(initial=False)


class SetPasswordForm(FirstPasswordForm):
    """A password for somebody else, who may have lost the old one to a thief."""

    tokens = tokens_field(initial=True)
    field_order = ["password", "again", "must_change", "tokens"]


class NewPersonForm(PersonForm, DefaultRoleChoice, FirstPasswordForm):
    """A new person. Without a password they cannot sign in until one is set."""

    password = password_field("Password", "new-password", required=False)
    again = password_field("Password again", "new-password", required=False)
    field_order = ["name", "username", "role", "email", "time_zone", "password", "again", "must_change"]


class OwnPasswordForm(TokensToo, NewPasswordForm):
    """One's own password, knowing the current one."""

    current = password_field("Current password", "current-password")
    field_order = ["current", "password", "again", "tokens"]


class ServiceAccountForm(forms.Form):
    """What a service account is called and what it is for."""

    name = forms.CharField(max_length=100)
    username = forms.CharField(max_length=100)
    description = forms.CharField(max_length=500, required=False)


class NewServiceAccountForm(ServiceAccountForm, DefaultRoleChoice):
    """A new service account; its tokens are made on its page."""

    field_order = ["name", "username", "role", "description"]


class TokenForm(forms.Form):
    """How long a new token works. Its key is made with the form, so that a form sent twice makes one token.

    A token outlives the session that made it, so whoever found a session open makes none.
    """

    current = password_field("Your current password", "current-password")
    days = forms.IntegerField(label="Works for, in days", min_value=1, max_value=LONGEST_DAYS, initial=90)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    field_order = ["days", "current", "key"]

    def renew_key(self) -> None:
        """Make the next sending of this form one for another token."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_prefix("key")] = str(uuid4())
        self.data = data


class RotateForm(TokenForm):
    """A new token, and how much longer the earlier ones work."""

    overlap_hours = forms.IntegerField(
        label="Earlier tokens work for, in hours",
        min_value=0,
        max_value=LONGEST_OVERLAP_HOURS,
        initial=24,
        help_text="Time to bring the new token to where the old one is used. 0 ends them now.",
    )
    field_order = ["days", "overlap_hours", "current", "key"]


class PersonalTokenForm(TokenForm):
    """A new token of one's own: what it is for, what it opens, how long."""

    label = forms.CharField(label="Name", max_length=100, help_text="What or where you use it for.")
    scopes = forms.MultipleChoiceField(
        label="What it opens",
        choices=[
            (Token.Scope.READ_RECORD, "Read the record: the events that you may see"),
            (Token.Scope.ADMINISTER, "Administer: everything that you may do, through the LifeTime API"),
        ],
        initial=[Token.Scope.READ_RECORD],
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ["label", "scopes", "days", "current", "key"]


class AddressForm(forms.Form):
    """The address that is blocked."""

    address = forms.CharField(max_length=45, widget=forms.HiddenInput)


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(max_length=100, widget=forms.TextInput(attrs={"autocomplete": "username"}))
    password = password_field("Password", "current-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:  # else what was wrong is read first
            self.fields["username"].widget.attrs["autofocus"] = True


class AccountFilter(forms.Form):
    """The filters of the lists."""

    text = forms.CharField(label="Name, username or e-mail", max_length=100, required=False)
    status = forms.ChoiceField(
        choices=[("active", "Active"), ("inactive", "Inactive"), ("all", "All")], required=False
    )
    role = forms.ModelChoiceField(
        Role.objects.in_order(), label="Default role", required=False, empty_label="All roles"
    )

    def filtered(self, accounts: Any) -> Any:
        """Keep what matches; nothing if a filter cannot be understood."""
        if not self.is_valid():
            return accounts.none()
        data = self.cleaned_data
        if data["status"] != "all":
            accounts = accounts.filter(is_active=data["status"] != "inactive")
        if data["role"]:
            accounts = accounts.filter(role=data["role"])
        return accounts.matching(data["text"]) if data["text"] else accounts
