"""Everything that can happen to people and service accounts."""

from dataclasses import dataclass

from audit.activity import PUBLIC, Activity, Kind
from infrastructure.rules import MANAGE_INFRASTRUCTURE
from users.models import User

USER = Kind(
    model=User,
    name="user",
    label="User",
    title="Users",
    readable=lambda user: User.objects.people().visible_to(user),
    visible=lambda user: User.objects.people().visible_to(user).select_related("role"),
    needs=MANAGE_INFRASTRUCTURE,
    url_name="users:detail",
    list_name="users:list",
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
    visible=lambda user: User.objects.service_accounts().visible_to(user).select_related("role"),
    needs=MANAGE_INFRASTRUCTURE,
    url_name="users:service_account",
    list_name="users:service_accounts",
    matches=lambda user: not user.is_person,
    unrecorded=("last_login",),
    acts=True,
)


@dataclass(frozen=True, slots=True)
class Account:
    """What can happen to people and service accounts alike; each has its own sentences and its own codes."""

    accessed: Activity
    listed: Activity
    created: Activity
    updated: Activity
    default_role_changed: Activity
    deactivated: Activity
    activated: Activity


def _account(kind: Kind) -> Account:
    whom = f"{kind.label} '{{entity}}' ({{entity.username}})"
    manage, control = "users.manage", "users.control"
    return Account(
        accessed=Activity(
            kind,
            "accessed",
            f"Accessed {kind.label.lower()} '{{entity}}' details",
            requires=manage,
            is_update=False,
        ),
        listed=Activity(kind, "listed", f"Listed the {kind.title.lower()}", requires=manage, is_update=False),
        created=Activity(
            kind, "created", f"{whom} created. Default role is '{{role}}'", facts=("role",), requires=manage
        ),
        updated=Activity(kind, "updated", f"{whom} updated.", requires=control),
        default_role_changed=Activity(
            kind,
            "default_role_changed",
            f"{whom} updated. Role changed from '{{old}}' to '{{new}}'",
            facts=("old", "new"),
            requires=control,
        ),
        deactivated=Activity(kind, "deactivated", f"{whom} deactivated", requires=control),
        activated=Activity(kind, "activated", f"{whom} activated", requires=control),
    )


PERSON, SERVICE = _account(USER), _account(SERVICE_ACCOUNT)


def account_activities(user: User) -> Account:
    """Return the activities of this sort of account."""
    return PERSON if user.is_person else SERVICE


signed_in = Activity(
    USER, "signed_in", "User '{entity}' ({entity.username}) logged in", requires=PUBLIC, is_update=False
)
sign_in_failed = Activity(
    USER,
    "sign_in_failed",
    "User '{entity}' ({entity.username}) failed to log in",
    requires=PUBLIC,
    is_update=False,
    outcome="failed",
)
# What was typed is not kept: people type passwords into the wrong field.
sign_in_failed_unknown = Activity(
    USER,
    "sign_in_failed_unknown",
    "Somebody failed to log in with a username that no user has",
    requires=PUBLIC,
    is_update=False,
    outcome="failed",
)
sign_in_blocked = Activity(
    USER,
    "sign_in_blocked",
    "User '{entity}' ({entity.username}) was kept from logging in from '{address}': too many failed attempts",
    facts=("address",),
    requires=PUBLIC,
    is_update=False,
    outcome="refused",
)
sign_in_blocked_unknown = Activity(
    USER,
    "sign_in_blocked_unknown",
    "Somebody was kept from logging in from '{address}': too many failed attempts",
    facts=("address",),
    requires=PUBLIC,
    is_update=False,
    outcome="refused",
)
unblocked = Activity(
    USER,
    "unblocked",
    "User '{entity}' ({entity.username}) unblocked for IP address '{address}'",
    facts=("address",),
    requires="users.manage",
)
address_unblocked = Activity(
    USER,
    "address_unblocked",
    "IP address '{address}' unblocked",
    facts=("address", "infrastructure"),
    requires="users.manage",
)
signed_out = Activity(
    USER, "signed_out", "User '{entity}' ({entity.username}) logged out", requires=PUBLIC, is_update=False
)
password_set = Activity(
    USER, "password_set", "Password of user '{entity}' ({entity.username}) set", requires="users.control"
)
password_changed = Activity(
    USER,
    "password_changed",
    "User '{entity}' ({entity.username}) changed their password",
    requires="users.own",
)
password_rehashed = Activity(
    USER,
    "password_rehashed",
    "Stored password of user '{entity}' ({entity.username}) strengthened",
    requires="users.own",
)
password_outgrown = Activity(
    USER,
    "password_outgrown",
    "User '{entity}' ({entity.username}) has to change their password: it no longer meets the rule",
    requires="users.manage",
)
session_ended = Activity(
    USER,
    "session_ended",
    "Session of user '{entity}' ({entity.username}) ended: {browser}, '{address}'",
    facts=("browser", "address"),
    requires="users.end_access",
)
signed_out_everywhere = Activity(
    USER,
    "signed_out_everywhere",
    "User '{entity}' ({entity.username}) logged out everywhere: {count} ended",
    facts=("count",),
    requires="users.own",
)
was_signed_out_everywhere = Activity(
    USER,
    "was_signed_out_everywhere",
    "User '{entity}' ({entity.username}) was logged out everywhere: {count} ended",
    facts=("count",),
    requires="users.manage",
)
time_zone_changed = Activity(
    USER,
    "time_zone_changed",
    "User '{entity}' ({entity.username}) changed their time zone",
    requires="users.own",
)

token_issued = Activity(
    SERVICE_ACCOUNT,
    "token_issued",
    "Token {token} issued for service account '{entity}' ({entity.username}), valid until {until}",
    facts=("token", "until"),
    fields=("tokens",),
    requires="users.control",
)
token_rotated = Activity(
    SERVICE_ACCOUNT,
    "token_rotated",
    "Token {token} issued for service account '{entity}' ({entity.username}), valid until {until}; "
    "earlier ones end {overlap}",
    facts=("token", "until", "overlap"),
    fields=("tokens",),
    requires="users.control",
)
token_renewed = Activity(
    SERVICE_ACCOUNT,
    "token_renewed",
    "Service account '{entity}' ({entity.username}) renewed its token: {token}, valid until {until}; "
    "earlier ones end by {end}",
    facts=("token", "until", "end"),
    fields=("tokens",),
    requires="users.own",
)
token_revoked = Activity(
    SERVICE_ACCOUNT,
    "token_revoked",
    "Token {token} of service account '{entity}' ({entity.username}) revoked",
    facts=("token",),
    fields=("tokens",),
    requires="users.manage",
)
personal_token_made = Activity(
    USER,
    "personal_token_made",
    "User '{entity}' ({entity.username}) made personal token {token} '{label}' to {scopes}, valid until {until}",
    facts=("token", "label", "scopes", "until"),
    fields=("tokens",),
    requires="users.own",
)
personal_token_revoked = Activity(
    USER,
    "personal_token_revoked",
    "Personal token {token} of user '{entity}' ({entity.username}) revoked",
    facts=("token",),
    fields=("tokens",),
    requires="users.end_access",
)
personal_tokens_revoked = Activity(
    USER,
    "personal_tokens_revoked",
    "Personal tokens of user '{entity}' ({entity.username}) revoked: {tokens}",
    facts=("tokens",),
    fields=("tokens",),
    requires="users.end_access",
)
api_call_rejected = Activity(
    SERVICE_ACCOUNT,
    "api_call_rejected",
    "Rejected {method} {path}: the token is missing, unknown, expired or revoked, or its account is deactivated",
    requires=PUBLIC,
    facts=("method", "path"),
    is_update=False,
    outcome="refused",
)
api_call_out_of_scope = Activity(
    USER,
    "api_call_out_of_scope",
    "Rejected {method} {path}: the personal token of user '{entity}' ({entity.username}) lacks the scope '{scope}'",
    requires=PUBLIC,
    facts=("method", "path", "scope"),
    is_update=False,
    outcome="refused",
)
