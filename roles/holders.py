"""Who holds a role, and where: by default, in teams, for applications; everybody once, a page at a time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, QuerySet, When, Window
from django.db.models.functions import Lower, RowNumber

from audit.activity import kind_named
from roles.models import Role
from roles.services import affected_users

PAGE = 25
NAMED = 6  # teams, and applications, that are called by name for each


@dataclass(slots=True)
class Places:
    """Where somebody holds the role: the first by name, and how many there are."""

    names: list[str] = field(default_factory=list)
    count: int = 0

    @property
    def unnamed(self) -> int:
        """How many are not called by name."""
        return self.count - len(self.names)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds the role; of applications only those are named that the reader may list."""

    account: Any
    by_default: bool
    teams: Places
    applications: Places


def holders(role: Role, reader: Any, page: int) -> tuple[list[Holder], bool]:
    """Return a page of those who hold the role, counted from 0, and whether there are more, in three queries."""
    first = page * PAGE
    accounts = list(affected_users(role)[first : first + PAGE + 1])
    shown = accounts[:PAGE]
    seen = kind_named("application").visible(reader).filter(pk=OuterRef("application"))
    called = Case(When(Exists(seen), F("application__name")), output_field=CharField())
    teams = _places(role.memberships, shown, F("team__name"))
    applications = _places(role.application_roles, shown, called)
    found = [Holder(one, one.role_id == role.pk, teams[one.pk], applications[one.pk]) for one in shown]
    return found, len(accounts) > PAGE


def _places(held: Any, accounts: Iterable[Any], called: Any) -> defaultdict[Any, Places]:
    """Return the places of each account by its key; those without a name come last."""
    by_account: dict[str, Any] = {"partition_by": F("user")}
    rows: QuerySet[Any] = (
        held.filter(user__in=[one.pk for one in accounts])
        .annotate(called=called)
        .annotate(
            number=Window(RowNumber(), order_by=[Lower("called").asc(nulls_last=True)], **by_account),
            among=Window(Count("pk"), **by_account),
        )
        .filter(number__lte=NAMED)
    )
    found: defaultdict[Any, Places] = defaultdict(Places)
    for user, name, among in rows.order_by("user", "number").values_list("user", "called", "among"):
        places = found[user]
        places.count = among
        if name is not None:
            places.names.append(name)
    return found
