"""Where sessions are kept: in a table of our own, so that people see theirs and steps end somebody's."""

from datetime import timedelta
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from audit.activity import current_origin
from users.models import Session

SEEN_AT_MOST_EVERY = timedelta(minutes=1)  # a read should rarely be a write


class SessionStore(db.SessionStore):
    """Takes any cookie that Django could not have made, such as one with a NUL, for none at all."""

    def __init__(self, session_key: str | None = None) -> None:
        ours = session_key is not None and session_key.isascii() and session_key.isalnum()
        super().__init__(session_key if ours else None)
        self.row: Session | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        """Return our table's model."""
        return Session

    def load(self) -> dict[str, Any]:
        """Read the session, and note now and then that it is in use."""
        self.row = self._get_session_from_db()  # type: ignore[attr-defined]
        if self.row is None:
            return {}
        now = timezone.now()
        if self.row.user_id and now - self.row.last_seen_at >= SEEN_AT_MOST_EVERY:
            Session.objects.filter(pk=self.row.pk).update(**_seen(now))
        return self.decode(self.row.session_data)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to store: whose it is stands in the data; a session that goes on keeps its beginning."""
        row = cast(Session, super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        for name, value in _seen(timezone.now()).items():
            setattr(row, name, value)
        if before := self.row:
            if before.session_key == row.session_key:
                row.key = before.key
            if str(before.user_id) == row.user_id:
                row.created_at = before.created_at
                row.expire_date = before.expire_date  # however busy: it ends so many hours after signing in
        self.row = row
        return row


def _seen(now: Any) -> dict[str, Any]:
    origin = current_origin()
    return {"last_seen_at": now, "address": origin.ip, "user_agent": origin.user_agent}
