"""The browser sessions of a person."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from users.models import User


def end_sessions(user: User) -> None:
    """End all sessions of the user, so that none comes back when the account is opened again."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
