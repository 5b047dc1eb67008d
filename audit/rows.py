"""Events as the rows of a log: the sentence in pieces, with links and marks."""

from dataclasses import dataclass

from audit.addresses import Addresses, subjects_of
from audit.models import Event

CHANNELS = {
    "browser": "browser",
    "api": "API",
    "lifetime-api": "LifeTime API",
    "command": "command on the server",
    "database": "database",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence; with an address, a link."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A word beside a row, in one of the tones of components/badge.html."""

    text: str
    tone: str = ""


class Row:
    """An event in a log."""

    def __init__(self, event: Event, addresses: Addresses) -> None:
        self.event = event
        self._addresses = addresses

    @property
    def pieces(self) -> list[Piece]:
        """The sentence; names in it are links."""
        text, subjects, pieces, position = self.event.sentence, subjects_of(self.event), [], 0
        for start, end, index in self.event.body.get("links", []):
            if position <= start < end <= len(text) and index < len(subjects):
                url = self._addresses.of(subjects[index])
                pieces += [Piece(text[position:start]), Piece(text[start:end], url)]
                position = end
        return [piece for piece in [*pieces, Piece(text[position:])] if piece.text]

    @property
    def actor_url(self) -> str:
        """The page of whoever acted, or their log."""
        return self._addresses.of_actor(self.event)

    @property
    def actor_mark(self) -> Mark | None:
        """What sort of actor it is, unless a person."""
        return {
            "service": Mark("service account"),
            "database": Mark("outside the console", "warn"),
            "anonymous": Mark("not signed in"),
        }.get(self.event.actor_kind)

    @property
    def marks(self) -> list[Mark]:
        """What else is to be seen at a glance."""
        marks = []
        if self.event.outcome != "succeeded":
            marks.append(Mark(self.event.outcome, "bad"))
        if self.event.channel in {"api", "lifetime-api"}:
            marks.append(Mark("API"))
        if self.event.channel == "database":
            marks.append(Mark("database", "warn"))
        if self.event.body.get("cut"):
            marks.append(Mark("cut", "warn"))
        return marks

    @property
    def is_quiet(self) -> bool:
        """Reads and sign-ins that went as they should stand back behind changes."""
        return not self.event.is_update and self.event.outcome == "succeeded"
