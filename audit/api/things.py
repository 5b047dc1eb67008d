"""The logs of one thing: what was done to it, and what it did."""

from typing import ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from audit import activities
from audit.activity import Kind
from audit.api import described, parameters
from audit.api.base import RecordView
from audit.api.documents import rows
from audit.api.events import browsed, turned
from audit.api.reading import (
    record_visit,
    record_visit_of_deleted,
    thing_for_activity_log,
    thing_for_change_log,
)
from audit.deleted import Deleted
from audit.models import Event
from audit.paging import Log


class ThingLog(RecordView):
    """A log of a thing, newest first."""

    parameters: ClassVar[tuple[str, ...]] = parameters.PAGING

    def log(self, kind: Kind, key: str, request: Request) -> Log:
        """Return the log, with its reading on record. Raises Http404 or Refused."""
        raise NotImplementedError

    def get(self, request: Request, kind: Kind, key: str) -> HttpResponse:
        """Return the page of the log that the address names."""
        http = request._request
        asked, _ = parameters.place(http), parameters.count(http)
        log = self.log(kind, key, request)
        return browsed(http, log, turned(log, asked))


@extend_schema_view(get=described.CHANGE_LOG)
class ChangeLog(ThingLog):
    """Everything done to a thing, and to others with its part in it."""

    def log(self, kind: Kind, key: str, request: Request) -> Log:
        size = parameters.limit(request._request)
        thing = thing_for_change_log(kind, key, reader=request.user)
        if isinstance(thing, Deleted):
            record_visit_of_deleted(thing, by=request.user)
        else:
            record_visit(activities.change_log_viewed, thing, by=request.user, kind=kind.label.lower())
        visible = Event.objects.visible_to(request.user)
        return Log(rows(visible), thing=(kind.name, thing.pk), size=size)


@extend_schema_view(get=described.ACTIVITY_LOG)
class ActivityLog(ThingLog):
    """Everything that a person or a service account did."""

    def log(self, kind: Kind, key: str, request: Request) -> Log:
        size = parameters.limit(request._request)
        account = thing_for_activity_log(kind, key, reader=request.user)
        record_visit(activities.activity_log_viewed, account, by=request.user, kind=kind.label.lower())
        visible = Event.objects.visible_to(request.user)
        return Log(rows(visible.by_actor(account.pk)), size=size)
