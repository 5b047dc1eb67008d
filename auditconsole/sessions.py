"""Where sessions are kept: in Django's table. The cookie is asked there only if it can be a key of ours."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Takes any cookie that Django could not have made, such as one with a NUL, for none at all."""

    def __init__(self, session_key: str | None = None) -> None:
        ours = session_key is not None and session_key.isascii() and session_key.isalnum()
        super().__init__(session_key if ours else None)
