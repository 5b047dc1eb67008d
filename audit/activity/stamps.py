"""What a form knows of its own showing: who was shown what, when. Signed, carried by the form, kept nowhere else."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core import signing
from django.utils import timezone

Plain = str | list[str]  # a value as a form sends it: text, "on" or "" for a box, the chosen ones of several
NAME = "stamp"  # of the hidden field
LONGEST = 200_000  # characters; the form of a role for hundreds of environments stays far below


@dataclass(frozen=True)
class Stamp:
    """One showing of one form, at `path`, to the person with the key `reader`.

    `seen` holds the stored values that the form showed, by field. `disputed` holds those of them about which the
    reader was asked, since somebody else changed them, with the value seen at first. `thing` is what the form is
    about, by its name; `secret` are the fields whose content is never carried on. `nonce` tells showings apart.
    """

    path: str
    reader: str
    thing: str = ""
    seen: Mapping[str, Plain] = field(default_factory=dict)
    disputed: Mapping[str, Plain] = field(default_factory=dict)
    secret: list[str] = field(default_factory=list)
    at: str = field(default_factory=lambda: timezone.now().isoformat())
    nonce: str = field(default_factory=lambda: uuid4().hex)

    def __str__(self) -> str:
        return signing.dumps(asdict(self), salt=NAME, compress=True)

    @property
    def since(self) -> datetime:
        """When the form was shown."""
        return datetime.fromisoformat(self.at)


def read(text: str, *, path: str) -> Stamp | None:
    """Return the stamp of a form at `path`, whoever it was shown to; None for none, a foreign or a forged one."""
    try:
        values: dict[str, Any] = signing.loads(text[:LONGEST], salt=NAME)
        stamp = Stamp(**values)
    except (signing.BadSignature, TypeError):
        return None
    return stamp if stamp.path == path else None
