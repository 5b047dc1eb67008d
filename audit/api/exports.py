"""Events as files, streamed: the memory it takes does not grow with their number."""

import csv
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from audit.api.documents import COLUMNS, lines
from audit.details import parsed
from audit.export import CHUNK, Workbook, changes, reads_as_formula
from audit.models import EventQuerySet

CSV, NDJSON = "text/csv", "application/x-ndjson"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORDS = {CSV: "CSV", NDJSON: "JSON lines", EXCEL: "Excel"}
LINES = 500  # sent at a time
FETCHED = 1000  # events fetched at a time
CSV_COLUMNS = (*list(COLUMNS)[:-1], "actor", "sentence", "changes", "reason", "ip", "user_agent")


def answer(events: EventQuerySet, media_type: str, about: dict[str, str]) -> HttpResponseBase:
    """Return the file of these events, newest first. `about` is told on a sheet of its own where there are sheets."""
    ending = {CSV: "csv", NDJSON: "ndjson", EXCEL: "xlsx"}[media_type]
    name = f"audit-logs-{timezone.localdate():%Y-%m-%d}.{ending}"
    if media_type == EXCEL:
        return FileResponse(_workbook(events, about), as_attachment=True, filename=name, content_type=EXCEL)
    stream = {CSV: _csv, NDJSON: lines}[media_type]
    sent = StreamingHttpResponse(_pieces(stream, events), content_type=media_type)
    sent["Content-Disposition"] = f'attachment; filename="{name}"'
    return sent


def _pieces(stream: Callable[[Iterator[Any]], Iterator[bytes]], events: EventQuerySet) -> Iterator[bytes]:
    with transaction.atomic():  # a server-side cursor lives in a transaction; this one reads only
        found = events.newest_first().values_list(*COLUMNS.values()).iterator(chunk_size=FETCHED)
        waiting: list[bytes] = []
        for line in stream(found):
            waiting.append(line)
            if len(waiting) == LINES:
                yield b"".join(waiting)
                waiting.clear()
        yield b"".join(waiting)


class _Echo:
    """A file that gives back what is written into it."""

    def write(self, text: str) -> str:
        return text


def _csv(found: Iterator[Any]) -> Iterator[bytes]:
    writer = csv.writer(_Echo())
    yield writer.writerow(CSV_COLUMNS).encode()
    for row in found:
        yield writer.writerow(_cells(row)).encode()


def _cells(row: tuple[Any, ...]) -> list[str]:
    body = parsed(row[-1])
    told = [body["actor"], body["sentence"], changes(body.get("changes", {}))]
    told += [body.get(name, "") for name in ("reason", "ip", "user_agent")]
    return [neutral(_text(value)) for value in (*row[:-1], *told)]


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return " ".join(value)
    return str(value)


def neutral(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if reads_as_formula(text) else text


def _workbook(events: EventQuerySet, about: dict[str, str]) -> Any:
    workbook = Workbook()
    try:
        with transaction.atomic():
            workbook.add(events.newest_first().defer("salt").iterator(chunk_size=CHUNK))
    except BaseException:
        workbook.discard()
        raise
    return workbook.finish(about)
