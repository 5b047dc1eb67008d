"""How the LifeTime API knows its callers: service accounts, and people by personal tokens that may administer.

Not in api.py: REST framework loads this from the settings, while the views there load REST framework.
"""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from audit.activity import Anonymous, attribute_to_token
from audit.activity.documents import call
from audit.activity.limits import spend_rejection
from users.activities import api_call_out_of_scope, api_call_rejected
from users.models import Token, User
from users.tokens import authenticate


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`; the bare token is taken as well, as clients send it for downloads.

    Without a usable token the answer is 403, for that is what LifeTime's clients know (lifetime.md, section 5).
    """

    scope = Token.Scope.ADMINISTER

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """Return whose token it is, and the token; `request.allowance` is what is left to them in `request.bucket`.

        Raises, on record, AuthenticationFailed for a token that opens nothing, and PermissionDenied for one that opens
        other things only; TooManyRequests where either comes too often: each is on record, and would fill it.
        """
        found = authenticate(bearer(request), request.bucket)  # type: ignore[attr-defined]
        if found is None:
            spend_rejection(request)
            api_call_rejected.record(None, by=Anonymous(), **call(request))
            raise AuthenticationFailed("Authentication failed.")
        user, token, request.allowance = found  # type: ignore[attr-defined]
        attribute_to_token(token.key)
        if self.scope not in token.scopes:
            request.allowance.check()  # type: ignore[attr-defined]
            api_call_out_of_scope.record(user, by=user, **call(request), scope=self.scope.value)
            raise PermissionDenied(f"This token lacks the scope '{self.scope.value}'.")
        return user, token


def bearer(request: Request) -> str:
    """Return the token that the call brings; empty where it brings none."""
    header = request.headers.get("Authorization", "")
    scheme, _, rest = header.partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else header.strip()
