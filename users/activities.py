"""Everything that can happen to people and service accounts."""

from audit.activity import Activity, Kind
from infrastructure.rules import MANAGE_INFRASTRUCTURE
from users.models import User

USER = Kind(
    model=User,
    name="user",
    label="User",
    title="Users",
    readable=lambda user: User.objects.people().visible_to(user),
    visible=lambda user: User.objects.people().visible_to(user),
    needs=MANAGE_INFRASTRUCTURE,
    url_name="users:detail",
    matches=lambda user: user.is_person,
    unrecorded=("last_login",),
    acts=True,
)
SERVICE_ACCOUNT = Kind(
    model=User,
    name="service_account",
    label="Service account",
    title="Service accounts",
    readable=lambda user: User.objects.service_accounts().visible_to(user),
    visible=lambda user: User.objects.service_accounts().visible_to(user),
    needs=MANAGE_INFRASTRUCTURE,
    url_name="users:service_account",
    matches=lambda user: not user.is_person,
    unrecorded=("last_login",),
    acts=True,
)

accessed = Activity(
    USER, "accessed", "Accessed user '{entity}' details", requires="users.manage", is_update=False
)
