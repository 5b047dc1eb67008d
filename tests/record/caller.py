"""Programs that read the record: with a token or without, as they call in life."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from roles.models import Role
from tests import factories
from users.models import User
from users.services import issue_token

BASE = "/api/v1"


@dataclass
class Caller:
    """A client with a token (or without one): no cookie, no redirect followed."""

    token: str | None
    account: User | None = None
    client: Client = field(default_factory=Client)

    def get(
        self, path: str, parameters: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Call a path below the base, or a whole address from an answer."""
        if path.startswith("http"):
            parts = urlsplit(path)
            path, parameters = f"{parts.path}?{parts.query}", None
        else:
            path = f"{BASE}{path}"
        known = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        return self.client.get(path, parameters or {}, headers={**known, **(headers or {})})

    def events(self, path: str = "/events", **parameters: Any) -> list[int]:
        """Return the numbers of the events on a page."""
        answer = self.get(path, parameters)
        assert answer.status_code == 200, answer.content
        return [event["id"] for event in answer.json()["events"]]


def reader(username: str = "siem", role: Role | None = None) -> Caller:
    """A service account that may read the whole record, unless it has another role."""
    role = role or factories.role(f"Role of {username}", view_audit_logs=True)
    account = factories.service_account(username, role)
    _, text = issue_token(account, by=factories.SYSTEM)
    return Caller(text, account)
