"""The addresses of the record's API. None of them takes anything but GET."""

from django.urls import path, re_path

from audit.activity import kinds
from audit.api import catalogue, description, events, things
from audit.api.base import Unknown

BASE = "api/v1/"


def collection(title: str) -> str:
    """Return how addresses call the things of a kind: service-accounts."""
    return title.lower().replace(" ", "-")


urlpatterns = [
    path(f"{BASE}events", events.Events.as_view()),
    path(f"{BASE}events/<int:number>", events.EventDetail.as_view()),
    *(
        path(
            f"{BASE}{collection(kind.title)}/<str:key>/change-log",
            things.ChangeLog.as_view(),
            {"kind": kind},
        )
        for kind in kinds()
    ),
    *(
        path(
            f"{BASE}{collection(kind.title)}/<str:key>/activity-log",
            things.ActivityLog.as_view(),
            {"kind": kind},
        )
        for kind in kinds()
        if kind.acts
    ),
    path(f"{BASE}openapi.json", description.Description.as_view()),
    path(f"{BASE}activities", catalogue.Activities.as_view()),
    path(f"{BASE}me", catalogue.Me.as_view()),
    re_path(rf"^{BASE}[\s\S]*\Z", Unknown.as_view()),
]
