"""The console's areas and their pages: what stands in the bar, for whom, and which is current."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from audit.activity import kind_named


class Reader(Protocol):
    """Whoever looks at the bar."""

    def has_perm(self, perm: str, obj: object = None) -> bool: ...


@dataclass(frozen=True)
class Page:
    """A page of the second row, for whoever holds one of `permissions`; for everybody if it names none."""

    label: str
    view: str
    permissions: Sequence[str] = ()
    kind: str = ""  # for everybody, but of no use to those who see nothing of this kind

    @property
    def url(self) -> str:
        return reverse(self.view)

    def may_be_seen_by(self, reader: Reader) -> bool:
        return not self.permissions or any(reader.has_perm(permission) for permission in self.permissions)


@dataclass(frozen=True)
class Area:
    """A tab of the bar; it leads to the first of its pages that the reader may see."""

    label: str
    pages: Sequence[Page]


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Tab(Link):
    pages: Sequence[Link]


AREAS = (
    Area(
        "Applications",
        (
            Page("Applications", "applications:list", kind="application"),
            Page("Deployment plans", "deployments:list", kind="deployment_plan"),
        ),
    ),
    Area(
        "User management",
        (
            Page("Users", "users:list", ["users.manage"]),
            Page("Teams", "teams:list", ["teams.manage"]),
            Page("Roles", "roles:list", ["roles.manage"]),
            Page("Service accounts", "users:service_accounts", ["users.manage"]),
        ),
    ),
    Area(
        "Infrastructure",
        (
            Page("Environments", "infrastructure:list", ["infrastructure.list"]),
            Page("Audit logs", "audit:log", ["audit.view_all"]),
            Page("Blocked addresses", "users:blocked_addresses", ["users.manage"]),
            Page("Settings", "infrastructure:settings", ["infrastructure.manage"]),
        ),
    ),
)
OWN = (
    Page("Profile", "users:profile"),
    Page("Password", "users:password"),
    Page("My tokens", "users:tokens"),
    Page("My sessions", "users:sessions"),
)


def tabs(reader: Reader, path: str) -> list[Tab]:
    """Return the tabs `reader` may see, with the one marked that the page at `path` belongs to.

    A page belongs to the entry whose address is the longest beginning of its own, so that what lies below
    "/users/service-accounts/" is not taken for a user's. The log of a thing belongs where the thing does.
    """
    here = _entry_of(_told_of(path))
    return [tab for area in AREAS if (tab := _tab(area, reader, here))]


def start(reader: Reader) -> str:
    """Return the address of the first page that shows `reader` something: an auditor sees no application."""
    for page in (page for area in AREAS for page in area.pages):
        if page.may_be_seen_by(reader) and (not page.kind or kind_named(page.kind).visible(reader).exists()):
            return page.url
    return AREAS[0].pages[0].url


def _tab(area: Area, reader: Reader, here: str) -> Tab | None:
    pages = [
        Link(page.label, page.url, current=page.url == here)
        for page in area.pages
        if page.may_be_seen_by(reader)
    ]
    if not pages:
        return None
    return Tab(area.label, pages[0].url, current=any(page.current for page in pages), pages=pages)


def _told_of(path: str) -> str:
    """Return the address of what the page at `path` tells of: of a log its thing, of an event the whole log."""
    try:
        page = resolve(path)
        if page.view_name in {"audit:change_log", "audit:activity_log"}:
            return kind_named(page.kwargs["kind"]).url(page.kwargs["key"])
        return reverse("audit:log") if page.view_name == "audit:event" else path
    except (Resolver404, NoReverseMatch, KeyError):
        return path


def _entry_of(path: str) -> str:
    addresses = [page.url for page in (*(page for area in AREAS for page in area.pages), *OWN)]
    return max((url for url in addresses if path.startswith(url)), key=len, default="")
