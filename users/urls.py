"""The addresses of users: people, service accounts, and whoever is signed in."""

from django.urls import include, path

from users.views import blocked, own, people, service_accounts, sessions, tokens

app_name = "users"

PERSON = [
    path("", people.PersonPage.as_view(), name="detail"),
    path("edit/", people.PersonEdit.as_view(), name="edit"),
    path("role/", people.PersonRole.as_view(), name="role"),
    path("password/", people.PersonPassword.as_view(), name="set_password"),
    path("sign-out/", people.PersonSignOutEverywhere.as_view(), name="sign_out_person"),
    path("deactivate/", people.PersonDeactivate.as_view(), name="deactivate"),
    path("unblock/", blocked.Unblock.as_view(), name="unblock"),
    path("activate/", people.PersonActivate.as_view(), name="activate"),
]
SERVICE_ACCOUNT = [
    path("", service_accounts.ServiceAccountPage.as_view(), name="service_account"),
    path("edit/", service_accounts.ServiceAccountEdit.as_view(), name="service_account_edit"),
    path("role/", service_accounts.ServiceAccountRole.as_view(), name="service_account_role"),
    path(
        "deactivate/", service_accounts.ServiceAccountDeactivate.as_view(), name="service_account_deactivate"
    ),
    path("activate/", service_accounts.ServiceAccountActivate.as_view(), name="service_account_activate"),
    path("token/", service_accounts.TokenIssue.as_view(), name="token_issue"),
    path("rotate/", service_accounts.TokenRotate.as_view(), name="token_rotate"),
    path("tokens/<uuid:token>/revoke/", service_accounts.TokenRevoke.as_view(), name="token_revoke"),
]
urlpatterns = [
    path("sign-in/", own.SignIn.as_view(), name="sign_in"),
    path("sign-out/", own.SignOut.as_view(), name="sign_out"),
    path("profile/", own.Profile.as_view(), name="profile"),
    path("profile/tokens/", tokens.OwnTokens.as_view(), name="tokens"),
    path("profile/tokens/<uuid:token>/revoke/", tokens.OwnTokenRevoke.as_view(), name="own_token_revoke"),
    path("profile/sessions/", sessions.OwnSessions.as_view(), name="sessions"),
    path(
        "profile/sessions/sign-out/", sessions.OwnSignOutEverywhere.as_view(), name="own_sign_out_everywhere"
    ),
    path("profile/sessions/<uuid:session>/end/", sessions.OwnSessionEnd.as_view(), name="own_session_end"),
    path("password/", own.OwnPassword.as_view(), name="password"),
    path("blocked-addresses/", blocked.BlockedAddresses.as_view(), name="blocked_addresses"),
    path("blocked-addresses/unblock/", blocked.UnblockAddress.as_view(), name="unblock_address"),
    path("users/", people.PersonList.as_view(), name="list"),
    path("users/new/", people.PersonCreate.as_view(), name="create"),
    path("users/<uuid:key>/", include(PERSON)),
    path("service-accounts/", service_accounts.ServiceAccountList.as_view(), name="service_accounts"),
    path(
        "service-accounts/new/",
        service_accounts.ServiceAccountCreate.as_view(),
        name="service_account_create",
    ),
    path("service-accounts/<uuid:key>/", include(SERVICE_ACCOUNT)),
]
