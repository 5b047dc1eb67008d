"""Events: the pages of a log, the feed, one event, the export."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from rest_framework.request import Request

from audit import activities, paging
from audit.activity.gates import NOTHING_HERE
from audit.api import described, exports, feed, parameters
from audit.api.base import JSON, RecordView
from audit.api.cursors import Cursor
from audit.api.documents import document, documents, encoded, rows
from audit.api.filters import RecordFilter
from audit.api.kept import Kept, filters_in
from audit.api.reading import record_visit
from audit.models import Event

LAST = 2**63
TURNS = ("older", "newer")


def answered(body: dict[str, Any]) -> HttpResponse:
    """Return the answer with this body."""
    return HttpResponse(encoded(body), content_type=JSON)


def browsed(request: HttpRequest, log: paging.Log, page: paging.Page) -> HttpResponse:
    """Return the answer with a page of a log, its neighbours, and how many events there are if that was asked."""
    body: dict[str, Any] = {
        "events": documents(page.events),
        "next": link(request, older=page.older),
        "previous": link(request, newer=page.newer),
    }
    if parameters.count(request):
        found = log.number()
        body["count"] = {"events": min(found, paging.COUNT_LIMIT), "is_exact": found <= paging.COUNT_LIMIT}
    return answered(body)


def turned(log: paging.Log, asked: tuple[str, paging.Place] | None) -> paging.Page:
    """Return the page that is asked for."""
    if asked is None:
        return log.newest()
    turn, place = asked
    return log.older(place) if turn == "older" else log.newer(place)


def link(request: HttpRequest, **place: paging.Place | None) -> str | None:
    """Return the whole address of a neighbouring page; None if there is none."""
    if None in place.values():
        return None
    kept = {name: value for name, value in request.GET.items() if name not in TURNS}
    return here(request, {**kept, **place})


def here(request: HttpRequest, parameters: Mapping[str, Any]) -> str:
    """Return the whole address of the request with these parameters instead of its own."""
    return request.build_absolute_uri(f"{request.path}?{urlencode(parameters)}")


class Events(RecordView):
    """The whole record, for who may read it all."""

    parameters = ("cursor", "wait", *parameters.PAGING, *RecordFilter.names())
    media_types = (JSON, exports.CSV, exports.NDJSON, exports.EXCEL)

    @described.EVENTS
    def get(self, request: Request) -> HttpResponseBase:
        """Return a page of the log, the feed, or a file, by `cursor` and by Accept."""
        # DRF's own request passes everything on, at a price that counts here
        http = request._request
        reader: Any = request.user
        activities.logs_viewed.ask(None, by=reader)
        if self.media_type != JSON:
            return self.export(http, reader)
        return self.follow(http, reader) if "cursor" in http.GET else self.browse(http, reader)

    def browse(self, request: HttpRequest, reader: Any) -> HttpResponse:
        """Newest first, by pages."""
        parameters.conflicting(request, ("wait",), "Only the feed waits: give a cursor.")
        kept = Kept(filters_in(request), Event.objects.visible_to(reader))
        asked, size = parameters.place(request), parameters.limit(request)
        parameters.count(request)
        record_visit(activities.logs_viewed, None, by=reader)
        log = kept.log(size)
        return browsed(request, log, turned(log, asked))

    def follow(self, request: HttpRequest, reader: Any) -> HttpResponse:
        """In commit order, every event once, from a cursor on."""
        parameters.conflicting(request, ("count", "older", "newer"), "The feed has a cursor only.")
        size, wait = parameters.limit(request), parameters.wait(request)
        cursor = parameters.cursor(request, filters_in(request), reader)
        kept = Kept(cursor.query, Event.objects.visible_to(reader))
        record_visit(activities.feed_read, None, by=reader)
        page = feed.follow(kept.events, cursor.position, size, wait, is_filtered=bool(cursor.filters))
        going_on = str(Cursor(page.next, cursor.filters, cursor.reader))
        kept_on = {name: request.GET[name] for name in ("limit", "wait") if name in request.GET}
        body = {
            "events": documents(page.rows),
            "next": here(request, {**kept_on, "cursor": going_on}),
            "cursor": going_on,
            "is_complete": page.is_complete,
            "lag_seconds": round(page.lag, 3),
        }
        return answered(body)

    def export(self, request: HttpRequest, reader: Any) -> HttpResponseBase:
        """Everything that the filter keeps, as a file; that it leaves is on record before it does."""
        not_here = ("cursor", "wait", *parameters.PAGING)
        parameters.conflicting(request, not_here, "A file holds everything that the filter keeps.")
        kept = Kept(filters_in(request), Event.objects.visible_to(reader))
        about = {"Filter": kept.words, "Exported by": str(reader)}
        about["Exported at"] = timezone.localtime().isoformat(" ", "seconds")
        facts = {"format": exports.WORDS[self.media_type], "filters": kept.words}
        activities.logs_downloaded.record(None, by=reader, **facts)
        return exports.answer(kept.events, self.media_type, about)


class EventDetail(RecordView):
    """One event, by its number."""

    @described.EVENT
    def get(self, request: Request, number: int) -> HttpResponseBase:
        """Return the event, or 304 if the caller has it as it is; absent and hidden are the same 404."""
        visible = Event.objects.visible_to(request.user)
        row = rows(visible).filter(pk=number).first() if number < LAST else None
        if row is None:
            raise Http404(NOTHING_HERE)
        activities.event_viewed.record(None, by=request.user, number=number)  # type: ignore[arg-type]
        body = encoded(document(row))
        etag = f'"{sha256(body).hexdigest()}"'
        whole = HttpResponse(body, content_type=JSON, headers={"ETag": etag})
        return get_conditional_response(request._request, etag=etag, response=whole) or whole
