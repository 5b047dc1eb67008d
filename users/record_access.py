"""How the record's API knows its callers: by a token that may read the record, or by a browser that is signed in.

Named in settings.RECORD_API_AUTHENTICATION, for the API stands below the accounts it asks for.
"""

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from users.authentication import TokenAuthentication
from users.models import Token, User


class RecordToken(TokenAuthentication):
    """A token of a service account, or a personal one with the scope `record:read`."""

    scope = Token.Scope.READ_RECORD

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """Return who calls, and with which token; None where none was sent. Raises as for the LifeTime API."""
        return super().authenticate(request) if "Authorization" in request.headers else None


class BrowserSession(SessionAuthentication):
    """The browser that is signed in; what is not a plain read needs its CSRF token."""
