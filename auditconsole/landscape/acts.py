"""What people and programs of the demo do: each act goes through the services, as a page or a call would."""

from contextlib import suppress
from random import Random

from django.utils import timezone

import applications.services
import deployments.services
import infrastructure.services
import roles.services
import teams.services
import users.activities
import users.services
from applications.activities import accessed as application_accessed
from applications.models import Application, EnvironmentStatus
from applications.numbers import following
from audit.activities import api_called, change_log_viewed, logs_exported, logs_viewed
from audit.activity import Anonymous, Refused
from auditconsole.landscape.foundation import Scene
from deployments.models import Plan
from deployments.operations import Operation
from deployments.worker import Worker
from infrastructure.models import Environment
from roles.models import Level
from roles.services import RoleLevel
from teams.models import Membership
from users.models import User

WORK = (
    "Faster search",
    "Repair of the export",
    "New colours",
    "Fewer clicks to order",
    "Rounding of cents",
    "Time zones",
    "Works offline",
    "Smaller pictures",
)


def sign_in(person: User) -> None:
    """Come in in the morning."""
    users.activities.signed_in.record(person, by=person)
    User.objects.filter(pk=person.pk).update(last_login=timezone.now())


def mistype(person: User) -> None:
    """Hit the wrong key of the password."""
    users.activities.sign_in_failed.record(person, by=Anonymous())


def look_around(_: Scene, person: User, dice: Random) -> None:
    """Open the page of an application."""
    visible = list(Application.objects.visible_to(person).in_order())
    if visible:
        application_accessed.record(dice.choice(visible), by=person)


def publish(scene: Scene, person: User, dice: Random) -> None:
    """Change an application of the own team in development."""
    development = scene.environments[0]
    own = Application.objects.at_least(person, Level.CHANGE_AND_DEPLOY, [development.pk]).in_order()
    teams = _teams_of(person)
    ours = [application for application in own if application.team_id in teams]
    if ours and not Environment.objects.get(pk=development.pk).in_maintenance:
        applications.services.report_change(dice.choice(ours), by=person, environment=development)


def deliver(scene: Scene, who: User, dice: Random, source: int, target: int) -> None:
    """Plan what is newer in one environment than in the next, and have it carried out."""
    from_here, to_there = (Environment.objects.get(pk=scene.environments[n].pk) for n in (source, target))
    if from_here.in_maintenance or to_there.in_maintenance:
        return
    operations = [_operation(status) for status in _newer(from_here, to_there)]
    if not operations:
        return
    chosen = dice.sample(operations, min(len(operations), dice.randint(1, 3)))
    plan = deployments.services.create_plan(
        by=who, source=from_here, target=to_there, operations=chosen, notes=dice.choice(WORK)
    )
    deployments.services.save_plan(plan, by=who)
    if deployments.services.validate(plan):
        deployments.services.discard_plan(plan, by=who)
        return
    deployments.services.start_plan(plan, by=who)
    if dice.random() < 0.04:
        deployments.services.abort_plan(plan, by=who)
    Worker().round()
    plan.refresh_from_db()
    if plan.status == Plan.Status.WAITING:
        deployments.services.continue_plan(plan, by=who)
        Worker().round()


def _newer(source: Environment, target: Environment) -> list[EnvironmentStatus]:
    """Return what stands in the source as changed, or in another version than in the target."""
    there = {status.application_id: status.version_id for status in target.statuses.all()}
    statuses = source.statuses.select_related("application", "version").order_by("application__name")
    changed = [s for s in statuses if s.is_modified or s.version_id != there.get(s.application_id)]
    blocked = set(target.blocks.values_list("application", flat=True))
    return [s for s in changed if s.application_id not in blocked and (s.version_id or s.is_modified)]


def _operation(status: EnvironmentStatus) -> Operation:
    if status.is_modified:
        number = following(status.version, status.application.versions.all())
        return Operation(status.application, "tag_and_deploy", new_number=number)
    return Operation(status.application, "deploy", version=status.version)


def grant_application_role(scene: Scene, person: User, dice: Random) -> None:
    """Give somebody a role for one application, or take it back."""
    application = dice.choice(list(scene.applications.values()))
    somebody = dice.choice([scene.people[name] for name in ("camille.dubois", "joao.pereira", "emma.wilson")])
    held = application.roles.filter(user=somebody).exists()
    if held:
        applications.services.revoke_role(application, by=person, user=somebody)
    else:
        applications.services.grant_role(application, by=person, user=somebody, role=scene.roles["Tester"])


def tune_role(scene: Scene, person: User, dice: Random) -> None:
    """Open or close an environment for a role."""
    role = scene.roles[dice.choice(("Developer", "Tester"))]
    role.refresh_from_db()
    environment = dice.choice(scene.environments[1:3])
    levels = {
        row.environment_id: RoleLevel(Level(row.level), row.create_applications, row.add_system_dependencies)
        for row in role.levels.all()
    }
    levels[environment.key] = RoleLevel(dice.choice((Level.LIST, Level.MONITOR, Level.OPEN)))
    roles.services.change_role(
        role,
        by=person,
        name=role.name,
        description=role.description,
        manage_infrastructure=role.manage_infrastructure,
        manage_teams=role.manage_teams,
        view_audit_logs=role.view_audit_logs,
        levels=levels,
    )


def change_member(scene: Scene, person: User, _: Random) -> None:
    """Let a colleague of the team test instead of develop, or the other way round."""
    team = scene.teams["Customer Portal"]
    member = team.memberships.exclude(user=person).select_related("role", "user").order_by("pk").first()
    if member is not None:
        other = "Tester" if member.role.name == "Developer" else "Developer"
        teams.services.change_member_role(team, by=person, user=member.user, role=scene.roles[other])


def leave_and_return(scene: Scene, person: User, dice: Random) -> None:
    """Shut the account of somebody who leaves for a while, and open it when they are back."""
    somebody = scene.people[dice.choice(("nils.jansen", "kofi.mensah", "maria.silva"))]
    somebody.refresh_from_db()
    change = users.services.deactivate_user if somebody.is_active else users.services.activate_user
    change(somebody, by=person)


def overreach(scene: Scene, person: User, dice: Random) -> None:
    """Try something that is not one's to do."""
    environment = scene.environments[dice.randrange(2, 4)]
    application = dice.choice(list(scene.applications.values()))
    with suppress(Refused):
        applications.services.report_change(application, by=person, environment=environment)


def audit(scene: Scene, person: User, dice: Random) -> None:
    """Read the logs, and take some of it along."""
    logs_viewed.record(None, by=person)
    change_log_viewed.record(dice.choice(list(scene.roles.values())), by=person, kind="role")
    if dice.random() < 0.3:
        number = dice.randint(20, 400)
        logs_exported.record(None, by=person, events=f"{number} events", filters="Last 7 days")


def block_or_unblock(scene: Scene, person: User, _: Random) -> None:
    """Keep an application out of production for a while."""
    application, production = scene.applications["Ledger"], scene.environments[3]
    if application.blocks.filter(environment=production).exists():
        applications.services.unblock(application, by=person, environment=production)
    else:
        applications.services.block(
            application, by=person, environment=production, reason="Closing of the books"
        )


def close(chief: User, environment: Environment) -> None:
    """Begin a maintenance window."""
    infrastructure.services.enable_maintenance(environment, by=chief, reason="Monthly updates of the servers")


def reopen(chief: User, environment: Environment) -> None:
    """End the maintenance window."""
    infrastructure.services.disable_maintenance(environment, by=chief)


def rotate_tokens(scene: Scene, chief: User) -> None:
    """Give the programs new tokens, and take the old ones; the last one of release-bot is the one that is printed."""
    for account in scene.accounts.values():
        old = list(account.tokens.usable(timezone.now()))
        _, text = users.services.issue_token(account, by=chief, days=90)
        for token in old:
            users.services.revoke_token(token, by=chief)
        if account.username == "release-bot":
            scene.token = text


def call_api(probe: User) -> None:
    """Read the landscape for the dashboard."""
    api_called.record(None, by=probe, method="GET", path="/lifetimeapi/rest/v2/environments/")


def _teams_of(person: User) -> set[object]:
    return set(Membership.objects.filter(user=person).values_list("team", flat=True))
