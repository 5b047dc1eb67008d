"""A landscape in which every page has something to show, and the address of every page in it."""

from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from applications.services import block, grant_role, put_in_team, report_change, tag_version
from audit.activity import kind_of
from audit.models import Event
from deployments.models import Plan
from deployments.operations import Operation
from deployments.services import create_plan, start_plan
from infrastructure.models import ConsoleSettings
from infrastructure.services import enable_maintenance
from roles.models import Level, Role
from tests.factories import (
    PASSWORD,
    SYSTEM,
    administrator,
    administrator_role,
    application,
    environment,
    failed_sign_ins,
    person,
    role,
    service_account,
    team,
)
from users.models import Session
from users.services import deactivate_user, issue_token, make_personal_token, revoke_token

UNBREAKABLE = "Warehouse_of_the_northern_region_with_no_blanks"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
NO_PAGE = {
    "users:sign_out",  # is only sent
    "deployments:log",  # is plain text
    "deployments:progress",  # is a part of a page, fetched into it
    "audit:export",  # is a file
    "reference",  # is drawn by Swagger UI; test_reference.py opens it
    "lifetime_reference",  # likewise
}


class Everything:
    """One thing of every kind with all that can belong to it, and things in the states that look different."""

    def __init__(self) -> None:
        self.ingrid = administrator("ingrid.holm", password=PASSWORD)
        self._places()
        self._people()
        self._applications()
        self._plans()

    def _places(self) -> None:
        self.development = environment("Development", address="dev.example.com")
        self.staging = environment("Staging")
        self.production = environment("Production", two_stage=True)
        self.closed = environment("Quality Assurance of the Northern Region")
        enable_maintenance(
            self.closed, by=SYSTEM, reason="The database server moves to another rack tonight."
        )

    def _people(self) -> None:
        places = (self.development, self.staging, self.production)
        levels = dict.fromkeys(places, Level.CHANGE_AND_DEPLOY)
        self.role: Role = role("Release Manager", levels, description="Brings applications to production.")
        self.jun, self.former = person("jun.sato", self.role), person("maria.silva", self.role)
        self.wanda = person("wanda.wide", self.role, name=UNBREAKABLE * 2)
        self.bot, self.old_bot = service_account("release-bot", self.role), service_account("old-bot")
        Client(headers={"User-Agent": FIREFOX}).force_login(self.ingrid)
        self.other_session = Session.objects.get(user=self.ingrid)
        failed_sign_ins(6, "jun.sato", address="203.0.113.7")
        failed_sign_ins(20, address="2001:db8::7")
        self.team = team("Payments", {self.jun: self.role, self.former: self.role, self.bot: self.role})
        self.token, _ = issue_token(self.bot, by=self.ingrid)
        revoked, _ = issue_token(self.bot, by=self.ingrid)
        revoke_token(revoked, by=self.ingrid)
        self.own_token, _ = make_personal_token(by=self.ingrid, label="Laptop", scopes=["record:read"])
        for account in (self.former, self.old_bot):
            deactivate_user(account, by=self.ingrid)

    def _applications(self) -> None:
        here: dict[str, Any] = {"by": self.ingrid, "environment": self.development}
        self.invoicing = application(
            "Invoicing", self.development, description="Writes invoices.\nEvery night."
        )
        self.warehouse = application(UNBREAKABLE, self.development)
        put_in_team(self.invoicing, by=self.ingrid, team=self.team)
        grant_role(self.invoicing, by=self.ingrid, user=self.jun, role=self.role)
        self.version = tag_version(self.invoicing, number="1.0.0", change_log="The first", **here)
        tag_version(self.warehouse, number="0.1", **here)
        tag_version(self.invoicing, number="1.1.0", **here)
        report_change(self.invoicing, **here)
        reason = "The tax rules of next year are not in it yet."
        block(self.invoicing, by=self.ingrid, environment=self.production, reason=reason)

    def _plans(self) -> None:
        new = Operation(self.warehouse, "deploy", self.warehouse.versions.get())
        blocked = Operation(self.invoicing, "deploy", self.version)
        from_here: dict[str, Any] = {"by": self.ingrid, "source": self.development}
        self.empty = create_plan(target=self.staging, operations=[], **from_here)
        self.draft = create_plan(
            target=self.production, operations=[new, blocked], notes="After lunch.", **from_here
        )
        self.finished = create_plan(target=self.staging, operations=[new, blocked], **from_here)
        self.prepared = create_plan(target=self.production, operations=[new], **from_here)
        for plan in (self.finished, self.prepared):
            start_plan(plan, by=self.ingrid)

    def is_deployed(self) -> bool:
        """Say whether the worker is done with what was launched."""
        return not Plan.objects.filter(status=Plan.Status.RUNNING).exists()

    def pages(self) -> dict[str, str]:
        """Return the address of every page of the site by its name, and of those that can look quite different."""
        found = {}
        for name, parameters in routes():
            if name not in NO_PAGE | {"audit:change_log", "audit:activity_log"}:
                found[name] = reverse(name, kwargs={each: self._argument(name, each) for each in parameters})
        return {**found, **self._logs(), **self._states()}

    def _argument(self, route: str, parameter: str) -> Any:
        things: dict[str, Any] = {
            "key": self._thing(route),
            "environment": self.production if route == "applications:unblock" else self.development,
            "version": self.version,
            "user": self.jun,
            "token": self.own_token if route.startswith("users:own") else self.token,
        }
        if parameter == "id":
            return Event.objects.filter(is_update=True).order_by("-pk")[0].pk
        return self.other_session.key if parameter == "session" else things[parameter].pk

    def _thing(self, route: str) -> Any:
        special = {
            "applications:put_in_team": self.team,
            "applications:grant_to_user": self.jun,
            "teams:add_to_team": self.jun,
            "users:activate": self.former,
            "users:service_account_activate": self.old_bot,
            "infrastructure:disable_maintenance": self.closed,
        }
        if route in special:
            return special[route]
        if route.startswith(("users:service_account", "users:token")):
            return self.bot
        by_area = {
            "applications": self.invoicing,
            "deployments": self.draft,
            "infrastructure": self.development,
            "roles": self.role,
            "teams": self.team,
            "users": self.jun,
        }
        return by_area.get(route.split(":")[0])

    def _logs(self) -> dict[str, str]:
        settings = ConsoleSettings.objects.get()
        things = (
            self.development,
            settings,
            self.role,
            self.jun,
            self.bot,
            self.team,
            self.invoicing,
            self.draft,
        )
        found = {}
        for thing in things:
            kind = kind_of(thing)
            found[f"change log of {kind.name}"] = reverse("audit:change_log", args=[kind.name, thing.pk])
            if kind.acts:
                found[f"activity log of {kind.name}"] = reverse(
                    "audit:activity_log", args=[kind.name, thing.pk]
                )
        return found

    def _states(self) -> dict[str, str]:
        shown = {
            "an inactive person": self.former,
            "a person with a long name": self.wanda,
            "the built-in role": administrator_role(),
            "an environment in maintenance": self.closed,
            "an application with a long name": self.warehouse,
            "an empty plan": self.empty,
            "a finished plan": self.finished,
            "a prepared plan": self.prepared,
        }
        log, changed = reverse("audit:log"), Event.objects.filter(activity="roles.role.level_changed")
        opened = changed.order_by("-pk")[0].pk
        return {
            **{name: kind_of(thing).url(thing.pk) for name, thing in shown.items()},
            "an event that is open": f"{log}?message=permissions&open={opened}",
            "a log without matches": f"{log}?message=nowhere",
            "a log that cannot be read so": f"{log}?kind=planet&colour=red",
            "nothing there": "/nothing/",
        }


def routes() -> Iterator[tuple[str, set[str]]]:
    """Yield the name and the parameters of every address of the site for people; programs have their own (the API)."""
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and (space := resolver.namespace):
            for pattern, parameters in _patterns(resolver):
                yield f"{space}:{pattern.name}", parameters


def _patterns(resolver: URLResolver) -> Iterator[tuple[URLPattern, set[str]]]:
    outer = set(resolver.pattern.converters)
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            for inner, parameters in _patterns(pattern):
                yield inner, outer | parameters
        else:
            yield pattern, outer | set(pattern.pattern.converters)
