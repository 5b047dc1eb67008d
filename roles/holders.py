"""Who holds a role: by default, in a team, or for an application; one list, a page at a time."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, OuterRef, Value, When
from django.db.models.functions import Lower
from django.urls import reverse

from audit.activity import kind_named
from roles.models import Role

PAGE = 25


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds the role; `place` is empty for a default role, and where the reader may not see it."""

    key: UUID
    name: str
    username: str
    kind: str
    is_active: bool
    what: str
    place: str

    @property
    def url(self) -> str:
        """The address of the account's page."""
        return reverse("users:detail" if self.kind == "user" else "users:service_account", args=[self.key])


def holders(role: Role, reader: Any, page: int) -> tuple[list[Holder], bool]:
    """Return a page of those who hold the role, counted from 0, and whether there are more, in one query."""
    seen = kind_named("application").visible(reader).filter(pk=OuterRef("application"))
    called = Case(When(Exists(seen), F("application__name")), default=Value(""), output_field=CharField())
    by_default = _rows(role.users, "", "default role", Value("", CharField()))
    in_teams = _rows(role.memberships, "user__", "team", F("team__name"))
    for_applications = _rows(role.application_roles, "user__", "application", called)
    every = by_default.union(in_teams, for_applications, all=True)
    first = page * PAGE
    rows = list(every.order_by("sorted", "login", "what", "place")[first : first + PAGE + 1])
    return [Holder(*row) for _, *row in rows[:PAGE]], len(rows) > PAGE


def _rows(held: Any, user: str, what: str, place: Any) -> Any:
    columns = {
        "sorted": Lower(f"{user}name"),
        "who": F(f"{user}pk"),
        "called": F(f"{user}name"),
        "login": F(f"{user}username"),
        "sort": F(f"{user}kind"),
        "open": F(f"{user}is_active"),
        "what": Value(what),
        "place": place,
    }
    return held.order_by().annotate(**columns).values_list(*columns)
