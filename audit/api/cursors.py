"""The feed's cursor: a position with the filter and the reader it belongs to, signed, opaque to whoever keeps it."""

from dataclasses import dataclass
from typing import Self

from django.core import signing
from django.http import QueryDict

from audit.api.feed import Position

_signer = signing.Signer(salt="audit.api.cursor", sep="~")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a reader is in the feed of the events that a filter keeps. It never expires."""

    position: Position
    filters: str  # as a query string
    reader: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the cursor that the text is. Raises BadSignature for anything we did not write."""
        xid, number, filters, reader = _signer.unsign_object(text)
        return cls(Position(xid, number), filters, reader)

    def __str__(self) -> str:
        return _signer.sign_object([self.position.xid, self.position.id, self.filters, self.reader])

    @property
    def query(self) -> QueryDict:
        """The filter's parameters."""
        return QueryDict(self.filters)
