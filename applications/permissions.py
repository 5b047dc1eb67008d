"""What an account may do, and by which role: every cell says why. For the account's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Value,
    When,
    Window,
)
from django.db.models.functions import Lower
from django.http import HttpRequest

from applications.models import Application, ApplicationRole, EffectivePermission
from infrastructure.models import Environment
from roles.models import EnvironmentPermission, Level
from teams.models import Membership
from users.models import User

APPLICATIONS = 25  # per page
GRANTS = 25  # per page
FOR_IT, IN_TEAM = EffectivePermission.HeldAs.APPLICATION, EffectivePermission.HeldAs.TEAM


class MatrixFilter(forms.Form):
    """Which applications the matrix shows."""

    text = forms.CharField(label="Application or team", max_length=100, required=False)
    show = forms.ChoiceField(
        label="Applications",
        choices=[("", "Under another role"), ("all", "All")],
        required=False,
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """What an account may do with an application in an environment, and why."""

    environment: Environment
    level: Level
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """An application, and what the account may do with it everywhere."""

    application: Application
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held in a team or for an application; without a name where the reader may not see the application."""

    what: str
    key: UUID
    name: str
    role_key: UUID
    role: str
    manages: bool


def permissions_of(user: User, request: HttpRequest) -> dict[str, Any]:
    """Return what the account's page tells of its permissions, in four queries however many roles it holds."""
    reader, sent = request.user, request.GET
    by_default = _by_default(user)
    found = MatrixFilter(sent)
    page = _page(_shown(user, reader, found), _number(sent.get("page", ""), 1))
    return {
        "levels": by_default,
        "matrix": found,
        "page_obj": page,
        "lines": _lines(user, list(page), by_default),
        **_grants(user, reader, sent.get("grants", "")),
    }


def _by_default(user: User) -> list[tuple[Environment, EnvironmentPermission | None]]:
    """Return what the default role permits in each environment, in order."""
    held = FilteredRelation("levels", condition=Q(levels__role=user.role_id))
    fields = ("level", "create_applications", "add_system_dependencies")
    columns = {f"held_{field}": F(f"held__{field}") for field in fields}
    return [
        (environment, _permission(environment, fields))
        for environment in Environment.objects.annotate(held=held, **columns).in_order()
    ]


def _permission(environment: Any, fields: tuple[str, ...]) -> EnvironmentPermission | None:
    values = {field: getattr(environment, f"held_{field}") for field in fields}
    return None if values["level"] is None else EnvironmentPermission(**values)


def _shown(user: User, reader: Any, form: MatrixFilter) -> Any:
    """Return the applications that the reader may see, those first where a role other than the default decides."""
    applications = Application.objects.visible_to(reader).annotate(
        is_explicit=Exists(ApplicationRole.objects.filter(user=user, application=OuterRef("pk")))
        | Exists(Membership.objects.filter(user=user, team=OuterRef("team"))),
    )
    if not form.is_valid():
        return applications.none()
    if form.cleaned_data["show"] != "all":
        applications = applications.filter(is_explicit=True)
    if text := form.cleaned_data["text"]:
        applications = applications.filter(Q(name__icontains=text) | Q(team__name__icontains=text))
    return applications.select_related("team").order_by("-is_explicit", Lower("name"))


def _page(applications: Any, number: int) -> Page[Any]:
    """Return a page with how many there are in all, in one query; of a page that is not there, the first."""
    first = (number - 1) * APPLICATIONS
    rows = list(applications.annotate(total=Window(Count("pk")))[first : first + APPLICATIONS])
    if not rows and number > 1:
        return _page(applications, 1)
    return Page(rows, number, Paginator(range(rows[0].total if rows else 0), APPLICATIONS))


def _number(text: str, least: int) -> int:
    return max(int(text), least) if text.isascii() and text.isdigit() and len(text) < 6 else least


def _lines(
    user: User,
    applications: list[Application],
    by_default: list[tuple[Environment, EnvironmentPermission | None]],
) -> list[Line]:
    rows = EffectivePermission.objects.filter(user=user, application__in=applications)
    held = {(row.application_id, row.environment_id): row for row in rows.select_related("role")}
    return [
        Line(
            application,
            [
                _cell(user, application, environment, own, held.get((application.pk, environment.pk)))
                for environment, own in by_default
            ],
        )
        for application in applications
    ]


def _cell(
    user: User,
    application: Application,
    environment: Environment,
    own: EnvironmentPermission | None,
    held: EffectivePermission | None,
) -> Cell:
    if not user.is_active:
        return Cell(environment, Level.NO_ACCESS, "the account is inactive")
    if held is None or own is None or own.level == Level.NO_ACCESS:
        return Cell(environment, Level.NO_ACCESS, f"default role {user.role}: no other role counts here")
    why = {
        FOR_IT: f"role {held.role} for this application",
        IN_TEAM: f"role {held.role} in team {application.team}",
    }.get(EffectivePermission.HeldAs(held.held_as), f"default role {user.role}")
    return Cell(environment, Level(held.level), why)


def _grants(user: User, reader: Any, number: str) -> dict[str, Any]:
    """Return a page of the roles held in teams and for applications, and what the pages beside it are called."""
    place = _number(number, 0)
    seen = Application.objects.visible_to(reader).filter(pk=OuterRef("application"))
    name = Case(When(Exists(seen), F("application__name")), default=Value(""), output_field=CharField())
    teams = user.memberships.order_by().annotate(what=Value("team"), key=F("team"), called=F("team__name"))
    applications = user.application_roles.order_by().annotate(
        what=Value("application"), key=F("application"), called=name
    )
    columns = ("what", "key", "called", "role", "role__name", "role__manage_teams")
    both = teams.values_list(*columns).union(applications.values_list(*columns), all=True)
    first = place * GRANTS
    rows = list(both.order_by("-what", "called", "key")[first : first + GRANTS + 1])
    return {
        "grants": [Grant(*row) for row in rows[:GRANTS]],
        "grants_before": place - 1 if place else None,
        "grants_after": place + 1 if len(rows) > GRANTS else None,
    }
