"""Signing in through the browser: people only, active ones only."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from users.models import User


class PersonBackend(BaseBackend):
    """Checks a person's password; takes as long for a name that nobody has."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002  (the shape of BaseBackend)
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        """Return the person, or None for every reason alike."""
        if username is None or password is None:
            return None
        person: User | None = User.objects.people().filter(username__iexact=username).first()
        if person is None:
            User().set_password(password)  # the same work as checking one
            return None
        return person if person.check_password(password) and person.is_active else None

    def get_user(self, user_id: UUID) -> User | None:
        """Return the person of a session, with the role that decides; nobody who was deactivated since."""
        person: User | None = User.objects.people().active().select_related("role").filter(pk=user_id).first()
        return person
