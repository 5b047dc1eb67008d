"""Events as an Excel workbook, written at constant memory, in which no cell can ever run as a formula."""

import tempfile
from collections.abc import Iterable
from datetime import UTC
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from audit.activity import kinds
from audit.models import Event
from audit.rows import CHANNELS

EXCEL_ROWS = 1_048_576  # of a sheet, the heading among them
EXCEL_TEXT = 32_767  # characters of a cell
CHUNK = 2_000  # events fetched at a time
_CUT = " … (cut: the console shows the whole)"
_FORMULA = frozenset("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
COLUMNS = (
    ("Time", 20),
    ("UTC", 28),
    ("User", 26),
    ("Sort of user", 16),
    ("Kind", 18),
    ("Message", 80),
    ("Outcome", 12),
    ("Channel", 18),
    ("Changes", 60),
    ("Reason", 40),
    ("IP address", 18),
    ("Request", 38),
    ("Event", 12),
)
_USERS = {
    "person": "person",
    "service": "service account",
    "system": "automatic",
    "database": "outside the console",
    "anonymous": "not signed in",
}


class Workbook:
    """A workbook of events that is being written; sheets follow each other where one is full."""

    def __init__(self, sheet_rows: int = EXCEL_ROWS) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (the response that sends it closes it)
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(self.file, {**options, "strings_to_numbers": False})
        self._zone = timezone.get_current_timezone_name()
        self._heading = self._book.add_format({"bold": True, "bottom": 1})
        self._text = self._book.add_format({"valign": "top", "text_wrap": True})
        self._quoted = self._book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})
        self._time = self._book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm:ss"})
        self._kinds = {kind.name: kind.label for kind in kinds()}
        self._sheet_rows, self._sheets, self._row = sheet_rows, 0, 0
        self.events = 0
        self._begin_sheet()

    def add(self, events: Iterable[Event]) -> None:
        """Write the events, one a row."""
        for event in events:
            if self._row == self._sheet_rows:
                self._finish_sheet()
                self._begin_sheet()
            self._write(event)
            self._row += 1
            self.events += 1

    def finish(self, about: dict[str, str]) -> IO[bytes]:
        """Add the sheet that says what this is, and return the file, to be read from its beginning."""
        self._finish_sheet()
        sheet = self._book.add_worksheet("About")
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, 80)
        for row, (name, value) in enumerate({**about, "Events": f"{self.events:,}"}.items()):
            sheet.write_string(row, 0, name, self._heading)
            self._string(sheet, row, 1, value)
        self._book.close()
        self.file.seek(0)
        return self.file

    def discard(self) -> None:
        """Close everything that was opened; what was written is gone."""
        self._book.close()  # the sheets' own temporary files too
        self.file.close()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        self._sheet: Worksheet = self._book.add_worksheet(f"Events {self._sheets}")
        self._sheet.freeze_panes(1, 0)
        for column, (name, width) in enumerate(COLUMNS):
            self._sheet.set_column(column, column, width)
            title = f"{name} ({self._zone})" if name == "Time" else name
            self._sheet.write_string(0, column, title, self._heading)
        self._row = 1

    def _finish_sheet(self) -> None:
        self._sheet.autofilter(0, 0, self._row - 1, len(COLUMNS) - 1)

    def _write(self, event: Event) -> None:
        local = timezone.localtime(event.at).replace(tzinfo=None)
        self._sheet.write_datetime(self._row, 0, local, self._time)
        for column, text in enumerate(self._texts(event), start=1):
            self._string(self._sheet, self._row, column, text)

    def _texts(self, event: Event) -> tuple[str, ...]:
        body = event.body
        return (
            event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            event.actor_label,
            _USERS.get(event.actor_kind, event.actor_kind),
            self._kinds.get(event.entity_kind, event.entity_kind),
            event.sentence,
            event.outcome,
            CHANNELS.get(event.channel, event.channel),
            changes(body.get("changes", {})),
            body.get("reason", ""),
            body.get("ip", ""),
            str(event.request_id),
            str(event.id),
        )

    def _string(self, sheet: Worksheet, row: int, column: int, text: str) -> None:
        # inline strings are never formulas; the quote also keeps them so when somebody edits the cell
        style: Format = self._quoted if reads_as_formula(text) else self._text
        whole = text if len(text) <= EXCEL_TEXT else text[: EXCEL_TEXT - len(_CUT)] + _CUT
        sheet.write_string(row, column, whole, style)


def reads_as_formula(text: str) -> bool:
    """Say whether a spreadsheet could take the text for a formula, also after blanks."""
    return text.lstrip()[:1] in _FORMULA or text.lstrip(" \u00a0\n")[:1] in _FORMULA if text else False


def changes(fields: dict[str, list[Any]]) -> str:
    """Return the changes one a line: field: old → new."""
    return "\n".join(f"{label}: {_value(old)} → {_value(new)}" for label, (old, new) in fields.items())


def _value(value: Any) -> str:
    return "(nothing)" if value is None else str(value)
