"""A landscape with one of everything, and one call of everything that can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models
from django.test import Client

from applications import services as applications
from applications.models import Application, Version
from deployments import services as deployments
from deployments.models import Plan, PlannedApplication
from deployments.operations import Operation
from infrastructure import services as infrastructure
from infrastructure.models import Environment
from roles import services as roles
from roles.models import Role
from teams import services as teams
from teams.models import Team
from tests.factories import (
    PASSWORD,
    SYSTEM,
    administrator,
    application,
    environment,
    failed_sign_ins,
    person,
    role,
    service_account,
    team,
)
from users import services as users
from users.models import Session, Token, User

# Guesses at a password are counted also while the record cannot be written: an outage is no time to guess.
COUNTED = {"users_signinattempts"}
UNRECORDED = "ARRAY['last_login', 'last_used_at']"  # when somebody last came is no change of theirs
DOMAIN = ("infrastructure", "roles", "users", "teams", "applications", "deployments")


@dataclass
class Everything:
    development: Environment
    qa: Environment
    empty: Environment
    closed: Environment
    auditor: Role
    tester: Role
    ada: User
    ana: User
    ben: User
    inactive: User
    bot: User
    fresh_bot: User
    token: Token
    secret: str
    team: Team
    portal: Application
    lonely: Application
    version: Version
    unused: Version
    plan: Plan
    waiting: Plan
    aborted: Plan
    finished: Plan

    @property
    def operations(self) -> list[Operation]:
        return [Operation(self.portal, PlannedApplication.Operation.DEPLOY, version=self.version)]


def build() -> Everything:
    """Make it, as System, through the services."""
    development, qa, empty, closed = map(environment, ("Development", "QA", "Empty", "Closed"))
    production = environment("Production")
    infrastructure.enable_maintenance(closed, by=SYSTEM, reason="moving")
    auditor, tester = role("Auditor", view_audit_logs=True), role("Tester")
    ada, ana, ben = administrator(), person("ana.lopes", password=PASSWORD), person("ben.okoro")
    inactive = person("ina.active")
    users.deactivate_user(inactive, by=SYSTEM)
    bot, fresh_bot = service_account("release-bot"), service_account("fresh-bot")
    token, secret = users.issue_token(bot, by=SYSTEM)
    users.make_personal_token(by=ben, label="laptop", scopes=["administer"])
    Client().force_login(ana)
    failed_sign_ins(6, "ana.lopes", address="10.1.1.1")
    failed_sign_ins(20, address="10.9.9.9")
    payments = team("Payments", {ana: tester})
    portal, lonely = application("Portal", development, team=payments), application("Lonely", development)
    version = applications.tag_version(portal, by=SYSTEM, environment=development, number="1.0")
    unused = applications.tag_version(lonely, by=SYSTEM, environment=development, number="0.1")
    applications.tag_version(lonely, by=SYSTEM, environment=development, number="0.2")
    applications.block(lonely, by=SYSTEM, environment=qa, reason="freeze")
    applications.grant_role(lonely, by=SYSTEM, user=ana, role=tester)
    operations = [Operation(portal, PlannedApplication.Operation.DEPLOY, version=version)]
    plan, waiting, aborted, finished = (
        deployments.create_plan(by=ada, source=development, target=qa, operations=operations)
        for _ in range(4)
    )
    # states that only the worker brings a plan to
    Plan.objects.filter(pk=waiting.pk).update(status=Plan.Status.WAITING, target=production)
    Plan.objects.filter(pk=aborted.pk).update(status=Plan.Status.ABORTED)
    Plan.objects.filter(pk=finished.pk).update(status=Plan.Status.SUCCESSFUL)
    for changed in (waiting, aborted, finished):
        changed.refresh_from_db()
    return Everything(
        development,
        qa,
        empty,
        closed,
        auditor,
        tester,
        ada,
        ana,
        ben,
        inactive,
        bot,
        fresh_bot,
        token,
        secret,
        payments,
        portal,
        lonely,
        version,
        unused,
        plan,
        waiting,
        aborted,
        finished,
    )


# Every service, called as it is called in life. A service that is missing here fails `test_every_service_is_called`.
CALLS: dict[str, Callable[[Everything], object]] = {
    "infrastructure.register_environment": lambda it: infrastructure.register_environment(
        by=it.ada, name="New", purpose="Test"
    ),
    "users.edit_user": lambda it: users.edit_user(
        it.ana, by=it.ada, name="Ana", email="", username="ana.new", role=it.auditor, is_active=True
    ),
    "users.renew_own_token": lambda it: users.renew_own_token(by=it.bot, months=1),
    "applications.change_blocks": lambda it: applications.change_blocks(
        it.portal, by=it.ada, reasons={it.qa: "Frozen"}
    ),
    "infrastructure.change_environment": lambda it: infrastructure.change_environment(
        it.qa, by=it.ada, name="Quality", purpose="Test", address="", two_stage=True
    ),
    "infrastructure.move_environment": lambda it: infrastructure.move_environment(
        it.qa, by=it.ada, position=0
    ),
    "infrastructure.unregister_environment": lambda it: infrastructure.unregister_environment(
        it.empty, by=it.ada
    ),
    "infrastructure.enable_maintenance": lambda it: infrastructure.enable_maintenance(
        it.qa, by=it.ada, reason="moving"
    ),
    "infrastructure.disable_maintenance": lambda it: infrastructure.disable_maintenance(it.closed, by=it.ada),
    "infrastructure.change_settings": lambda it: infrastructure.change_settings(
        by=it.ada, runner="registry", runner_program="", runner_timeout=77
    ),
    "roles.create_role": lambda it: roles.create_role(by=it.ada, name="New"),
    "roles.change_role": lambda it: roles.change_role(it.tester, by=it.ada, name="Checker"),
    "roles.delete_role": lambda it: roles.delete_role(it.tester, by=it.ada, replacement=it.auditor),
    "roles.give_levels": lambda it: infrastructure.register_environment(
        by=it.ada, name="Other", purpose="Test"
    ),
    "users.create_user": lambda it: users.create_user(by=it.ada, username="new", name="New", role=it.auditor),
    "users.create_service_account": lambda it: users.create_service_account(
        by=it.ada, username="new-bot", name="New bot", role=it.auditor
    ),
    "users.change_user": lambda it: users.change_user(
        it.ana, by=it.ada, name="Ana", email="", username="ana", time_zone=""
    ),
    "users.change_service_account": lambda it: users.change_service_account(
        it.bot, by=it.ada, name="Bot", description="", username="bot"
    ),
    "users.change_default_role": lambda it: users.change_default_role(it.ana, by=it.ada, role=it.auditor),
    "users.deactivate_user": lambda it: users.deactivate_user(it.ana, by=it.ada),
    "users.activate_user": lambda it: users.activate_user(it.inactive, by=it.ada),
    "users.set_password": lambda it: users.set_password(
        it.ana, by=it.ada, password="Another-Horse-Battery-7"
    ),
    "users.change_own_password": lambda it: users.change_own_password(
        by=it.ana, current=PASSWORD, new="Another-Horse-Battery-7"
    ),
    "users.change_own_time_zone": lambda it: users.change_own_time_zone(by=it.ana, time_zone="Europe/Lisbon"),
    "users.issue_token": lambda it: users.issue_token(it.fresh_bot, by=it.ada),
    "users.rotate_token": lambda it: users.rotate_token(it.bot, by=it.ada),
    "users.revoke_token": lambda it: users.revoke_token(it.token, by=it.ada),
    "users.make_personal_token": lambda it: users.make_personal_token(
        by=it.ana, label="laptop", scopes=["record:read"]
    ),
    "users.revoke_personal_tokens": lambda it: users.revoke_personal_tokens(it.ben, by=it.ada),
    "users.end_session": lambda it: users.end_session(Session.objects.get(user=it.ana), by=it.ada),
    "users.sign_out_everywhere": lambda it: users.sign_out_everywhere(it.ana, by=it.ana, tokens=True),
    "users.unblock": lambda it: users.unblock(it.ana, by=it.ada),
    "users.unblock_address": lambda it: users.unblock_address("10.9.9.9", by=it.ada),
    "teams.create_team": lambda it: teams.create_team(by=it.ada, name="New"),
    "teams.change_team": lambda it: teams.change_team(it.team, by=it.ada, name="Renamed", description=""),
    "teams.delete_team": lambda it: teams.delete_team(it.team, by=it.ada),
    "teams.add_member": lambda it: teams.add_member(it.team, by=it.ada, user=it.ben, role=it.tester),
    "teams.change_member_role": lambda it: teams.change_member_role(
        it.team, by=it.ada, user=it.ana, role=it.auditor
    ),
    "teams.remove_member": lambda it: teams.remove_member(it.team, by=it.ada, user=it.ana),
    "applications.create_application": lambda it: applications.create_application(
        by=it.ada, name="New", environment=it.development
    ),
    "applications.change_application": lambda it: applications.change_application(
        it.portal, by=it.ada, name="Door", description="", technology=it.portal.technology
    ),
    "applications.put_in_team": lambda it: applications.put_in_team(it.lonely, by=it.ada, team=it.team),
    "applications.take_out_of_team": lambda it: applications.take_out_of_team(it.portal, by=it.ada),
    "applications.grant_role": lambda it: applications.grant_role(
        it.portal, by=it.ada, user=it.ben, role=it.tester
    ),
    "applications.change_role": lambda it: applications.change_role(
        it.lonely, by=it.ada, user=it.ana, role=it.auditor
    ),
    "applications.revoke_role": lambda it: applications.revoke_role(it.lonely, by=it.ada, user=it.ana),
    "applications.block": lambda it: applications.block(
        it.portal, by=it.ada, environment=it.qa, reason="freeze"
    ),
    "applications.unblock": lambda it: applications.unblock(it.lonely, by=it.ada, environment=it.qa),
    "applications.report_change": lambda it: applications.report_change(
        it.portal, by=it.ada, environment=it.development
    ),
    "applications.tag_version": lambda it: applications.tag_version(
        it.lonely, by=it.ada, environment=it.development, number="2.0"
    ),
    "applications.delete_version": lambda it: applications.delete_version(it.unused, by=it.ada),
    "applications.deployed": lambda it: applications.deployed(
        it.portal, by=SYSTEM, environment=it.qa, version=it.version
    ),
    "deployments.create_plan": lambda it: deployments.create_plan(
        by=it.ada, source=it.development, target=it.qa, operations=it.operations
    ),
    "deployments.create_saved_plan": lambda it: deployments.create_saved_plan(
        by=it.ada, source=it.development, target=it.qa, operations=[]
    ),
    "deployments.choose": lambda it: deployments.choose(it.plan, by=it.ada, operations=[]),
    "deployments.edit_notes": lambda it: deployments.edit_notes(it.plan, by=it.ada, notes="with care"),
    "deployments.save_plan": lambda it: deployments.save_plan(it.plan, by=it.ada),
    "deployments.start_plan": lambda it: deployments.start_plan(it.plan, by=it.ada),
    "deployments.continue_plan": lambda it: deployments.continue_plan(it.waiting, by=it.ada),
    "deployments.abort_plan": lambda it: deployments.abort_plan(it.waiting, by=it.ada),
    "deployments.discard_plan": lambda it: deployments.discard_plan(it.plan, by=it.ada),
    "deployments.reuse_plan": lambda it: deployments.reuse_plan(it.finished, by=it.ada),
    "deployments.retry_plan": lambda it: deployments.retry_plan(it.aborted, by=it.ada),
}


def domain_models() -> list[type[models.Model]]:
    """Every model of the domain apps."""
    return [model for label in DOMAIN for model in apps.get_app_config(label).get_models()]


def dump() -> dict[str, str]:
    """A fingerprint of every domain table, without what is not recorded."""
    found = {}
    with connection.cursor() as cursor:
        for model in domain_models():
            table = model._meta.db_table
            if table in COUNTED:
                continue
            rows = f"SELECT (to_jsonb(t) - {UNRECORDED})::text AS row FROM {table} t"  # noqa: S608
            cursor.execute(f"SELECT md5(string_agg(row, '|' ORDER BY row)) FROM ({rows}) rows")  # noqa: S608
            found[table] = str((cursor.fetchone() or [""])[0])
    return found
