"""The column `details` of an event, as readers know it.

Whoever can write to the table can write what no reader understands, and nobody can take it away again. It must not
spoil the pages, the feed and the files that it stands in: it is told as what it is, and everything else around it.
"""

from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

# What a text of JSON that nobody foresaw can raise: wrong shapes, numbers and nesting beyond what Python reads.
UNREADABLE: Final = (msgspec.MsgspecError, ValueError, RecursionError)
INSTEAD: Final = (
    '{"actor":"(not readable)","sentence":"(The console did not write this event, and cannot read it.)"}'
)
LIMIT: Final = 2**53  # of an integer, as audit.record keeps it
Number = Annotated[int, msgspec.Meta(ge=-LIMIT, le=LIMIT)]
Value = str | Number | None
Link = tuple[Number, Number, Number]  # from and to, in the sentence, and the number of the subject
Subject = tuple[str, str, str]  # kind, key, and name at that time


class Details(msgspec.Struct, kw_only=True, gc=False):
    """The parts, each as it is when it is empty."""

    actor: str
    changes: dict[str, tuple[Value, Value]] = {}
    cut: list[str] = []
    ip: str = ""
    links: list[Link] = []
    reason: str = ""
    sentence: str
    subjects: list[Subject] = []
    user_agent: str = ""


class _Followed(Details, gc=False):
    # to be looked up; to read keys as such takes time
    subjects: list[tuple[str, UUID, str]] = []  # type: ignore[assignment]


_read, _read_to_follow = msgspec.json.Decoder(Details).decode, msgspec.json.Decoder(_Followed).decode


def read(details: str) -> Details:
    """Return the parts of the details; what stands instead if they cannot be read."""
    try:
        return _read(details)
    except UNREADABLE:
        return _read(INSTEAD)


def parsed(details: str) -> dict[str, Any]:
    """Return the parts of the details by name, as plain JSON has them; keys of subjects are keys."""
    try:
        _read_to_follow(details)
        parts: dict[str, Any] = msgspec.json.decode(details)
    except UNREADABLE:
        parts = msgspec.json.decode(INSTEAD)
    return parts
