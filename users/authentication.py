"""How the LifeTime API knows its callers: service accounts, and people by personal tokens that may administer.

Not in api.py: REST framework loads this from the settings, while the views there load REST framework.
"""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from audit.activity import Anonymous, attribute_to_token
from audit.activity.documents import call
from audit.activity.limits import take_for_rejection
from users.activities import api_call_out_of_scope, api_call_rejected
from users.models import Token, User
from users.tokens import authenticate


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`; the bare token is taken as well, as clients send it for downloads.

    Without a usable token the answer is 403, for that is what LifeTime's clients know (lifetime.md, section 5).
    """

    scope = Token.Scope.ADMINISTER

    def authenticate(self, request: Request) -> tuple[User, Token]:
        """Return whose token it is, and the token; `request.allowance` is what is left to them.

        Raises AuthenticationFailed, on record, and TooManyRequests for an address whose tokens are rejected too often.
        """
        found = authenticate(bearer(request), request.bucket)  # type: ignore[attr-defined]
        if found is None:
            take_for_rejection().check()
            api_call_rejected.record(None, by=Anonymous(), **call(request))
            raise AuthenticationFailed("Authentication failed.")
        user, token, request.allowance = found  # type: ignore[attr-defined]
        attribute_to_token(token.key)
        require_scope(request, user, token, self.scope)
        return user, token


def require_scope(request: Request, user: User, token: Token, scope: Token.Scope) -> None:
    """Let the call pass if the token opens `scope`. Raises AuthenticationFailed, on record."""
    if scope not in token.scopes:
        api_call_out_of_scope.record(user, by=user, **call(request), scope=scope.value)
        raise AuthenticationFailed(f"This token lacks the scope '{scope.value}'.")


def bearer(request: Request) -> str:
    """Return the token that the call brings; empty where it brings none."""
    header = request.headers.get("Authorization", "")
    scheme, _, rest = header.partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else header.strip()
