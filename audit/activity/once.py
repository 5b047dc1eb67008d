"""A form that is sent twice is carried out once: a double click, a reload, the way back and forth again."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac

from audit.activity.stamps import NAME, Stamp

DONE = "done"  # in the session: by sending, where it led and what was said
REMEMBERED = 20
TWICE = "You sent it twice; it was done once."


class Sending:
    """What was sent, told apart by the showing of the form that it came from and by all that it holds.

    The same form sent with other content is another sending: nothing that somebody typed anew is lost.
    """

    def __init__(self, request: HttpRequest, stamp: Stamp) -> None:
        self.request = request
        content = [
            [name, *values] for name, values in sorted(request.POST.lists()) if name != "csrfmiddlewaretoken"
        ]
        shown = [stamp.nonce, stamp.path, stamp.reader]
        self.key = salted_hmac(f"{__name__}.{NAME}", repr([shown, content])).hexdigest()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let the second of two equal sendings wait until the first has been answered."""
        number = int(self.key[:15], 16)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [number])
        try:
            yield
        finally:
            self._release(number)

    def earlier(self) -> HttpResponse | None:
        """Return the answer that the first sending led to, if this is not the first."""
        session: SessionBase = type(self.request.session)(self.request.session.session_key)
        done = session.get(DONE, {}).get(self.key)
        if done is None:
            return None
        address, said = done
        messages.success(self.request, f"{said} {TWICE}".strip())
        return redirect(address)

    def remember(self, address: str, said: str) -> None:
        """Keep where it led, at once: the second sending is waiting for it."""
        session = self.request.session
        if session.session_key is None:
            return
        latest = list(session.get(DONE, {}).items())[1 - REMEMBERED :]
        session[DONE] = {**dict(latest), self.key: [address, said]}
        try:
            session.save()
        except UpdateError:  # the step, or somebody else meanwhile, has ended this very session
            session.flush()

    @staticmethod
    def _release(number: int) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
        except DatabaseError:
            connection.close()  # a lock ends with its connection
