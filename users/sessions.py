"""The browser sessions of a person: which there are, and ending them."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from audit.activity import Actor
from users import activities
from users.models import Session, User
from users.tokens import revoke_personal_tokens


def end_session(session: Session, *, by: Actor) -> None:
    """End one session of a person: whoever holds it has to sign in again. Raises Refused."""
    person = session.user
    activities.session_ended.ask(person, by=by)
    with transaction.atomic():
        if Session.objects.filter(pk=session.pk).delete()[0]:
            facts = {"browser": session.browser, "address": session.address}
            activities.session_ended.record(person, by=by, **facts)


def sign_out_everywhere(person: User, *, by: Actor, tokens: bool = False) -> int:
    """End all sessions of a person, one's own present one too, and with `tokens` their personal tokens.

    Return how many sessions there were. Raises Refused.
    """
    own = by.actor_key == person.pk
    activity = activities.signed_out_everywhere if own else activities.was_signed_out_everywhere
    activity.ask(person, by=by)
    with transaction.atomic():
        count = Session.objects.live(timezone.now()).filter(user=person).count()
        end_sessions(person)
        activity.record(person, by=by, count=f"{count} session{'s' * (count != 1)}")
        if tokens:
            revoke_personal_tokens(person, by=by)
    return count


def end_sessions(user: User, *, but: str | None = None) -> None:
    """End all sessions of the user, `but` the one with this session key. Part of a step that says why."""
    Session.objects.filter(user=user).exclude(session_key=but or "").delete()


def delete_expired(at: datetime) -> None:
    """Delete what has ended by itself; nobody could use it any more."""
    Session.objects.filter(expire_date__lt=at).delete()
