"""How the record's API knows its callers: by a token that may read the record, or by a browser that is signed in.

Named in settings.RECORD_API_AUTHENTICATION, for the API stands below the accounts it asks for.
"""

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from audit.activity import Anonymous, attribute_to_token
from audit.activity.documents import call
from users.activities import api_call_out_of_scope, api_call_rejected
from users.authentication import bearer
from users.models import Token, User
from users.tokens import authenticate


class RecordToken(BaseAuthentication):
    """`Authorization: Bearer <token>` of a service account, or a personal token with the scope `record:read`."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """Return who calls, and with which token; None where none was sent. `request.allowance` is what is left to them
        in `request.bucket`.

        Raises AuthenticationFailed, which `record_rejection` puts on record, and PermissionDenied for a token that may
        do other things only.
        """
        if "Authorization" not in request.headers:
            return None
        found = authenticate(bearer(request), request.bucket)  # type: ignore[attr-defined]
        if found is None:
            raise AuthenticationFailed
        user, token, request.allowance = found  # type: ignore[attr-defined]
        attribute_to_token(token.key)
        if Token.Scope.READ_RECORD not in token.scopes:
            scope = Token.Scope.READ_RECORD.value
            api_call_out_of_scope.record(user, by=user, **call(request), scope=scope)
            raise PermissionDenied(f"This token lacks the scope {scope}.")
        return user, token

    def record_rejection(self, request: Request) -> None:
        """Put on record that somebody came with a token that opens nothing."""
        api_call_rejected.record(None, by=Anonymous(), **call(request))

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        """Return the scheme that a caller without a token is told of."""
        return 'Bearer realm="record"'


class BrowserSession(SessionAuthentication):
    """The browser that is signed in; what is not a plain read needs its CSRF token."""
