"""What was typed into a form that could not be taken: carried through signing in, in the pages themselves.

Nothing of it is stored on the server or stands in an address. It comes back into the form, and is saved only when the
person presses the button again.
"""

from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest, QueryDict

from audit.activity import stamps

NAME = "draft"  # of the hidden field
LONGEST = 200_000  # characters as they travel
HOURS = 12


@dataclass(frozen=True)
class Draft:
    """What the person with the key `reader` typed into the form at `path`, as it travels in `text`."""

    path: str
    reader: str
    content: dict[str, list[str]]
    text: str

    @property
    def data(self) -> QueryDict:
        """What was typed, as it was sent."""
        data = QueryDict(mutable=True)
        for name, values in self.content.items():
            data.setlist(name, values)
        return data


def of(request: HttpRequest) -> Draft | None:
    """Return what a form of ours sent, without its secrets; None where the form was not ours, or it is too long.

    The stamp says to whom the form was shown. What somebody else made a browser send carries none, and is not kept.
    """
    stamp = stamps.read(request.POST.get(stamps.NAME, ""), path=request.path)
    if stamp is None:
        return None
    hidden = {"csrfmiddlewaretoken", NAME, *stamp.secret}
    content = {name: values for name, values in request.POST.lists() if name not in hidden}
    text = signing.dumps([stamp.path, stamp.reader, content], salt=NAME, compress=True)
    return Draft(stamp.path, stamp.reader, content, text) if len(text) <= LONGEST else None


def read(text: str) -> Draft | None:
    """Return a draft that has travelled; None for none, an old or a forged one."""
    try:
        path, reader, content = signing.loads(text[:LONGEST], salt=NAME, max_age=HOURS * 60 * 60)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return Draft(path, reader, content, text)
