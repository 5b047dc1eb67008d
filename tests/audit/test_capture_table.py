"""The capture table of the design: every way a row can change is on record, with the expected number of events."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from applications.models import Application, Block
from audit.activity import RecordUnavailable
from audit.models import Event
from infrastructure.models import Environment
from roles.models import Role
from teams.models import Team
from tests.audit.things import changed
from tests.factories import SYSTEM, developer_role, environment, person
from users.models import User

Act = Callable[["Landscape"], object]


@dataclass
class Landscape:
    """Things to change, made anew for each operation."""

    roles: list[Role]
    team: Team
    people: list[User]
    environment: Environment

    def join(self, people: list[User]) -> None:
        self.team.members.add(*people, through_defaults={"role": developer_role()})


def landscape(number: int) -> Landscape:
    place = environment(f"Environment {number}")  # before the roles, so that they have no levels in it
    roles = Role.objects.bulk_create(Role(name=f"Role {number}.{position}") for position in range(3))
    made = Landscape(
        roles=roles,
        team=Team.objects.create(name=f"Team {number}"),
        people=[person(f"person.{number}.{position}") for position in range(3)],
        environment=place,
    )
    for position in range(3):
        Application.objects.create(name=f"Application {number}.{position}", team=made.team)
    return made


def saved_in_a_step(made: Landscape) -> None:
    with changed(made.roles[0], by=SYSTEM):
        made.roles[0].description = "through a step"
        made.roles[0].save()


def saved_with(thing: Any, **values: object) -> None:
    for name, value in values.items():
        setattr(thing, name, value)
    thing.save()


def bulk_updated(made: Landscape) -> None:
    for role in made.roles:
        role.description = "in bulk"
    Role.objects.bulk_update(made.roles, ["description"])


def members(*does: str) -> Act:
    def act(made: Landscape) -> None:
        for do in does:
            {
                "add 2": lambda: made.join(made.people[:2]),
                "remove": lambda: made.team.members.remove(made.people[0]),
                "set": lambda: made.team.members.set(
                    made.people, through_defaults={"role": developer_role()}
                ),
                "clear": made.team.members.clear,
            }[do]()

    return act


def raw(statement: str) -> Act:
    def act(made: Landscape) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"key": made.roles[0].pk})

    return act


def deleted_with_three(made: Landscape) -> None:
    members("set")(made)
    Application.objects.filter(team=made.team).update(team=None)


def rolled_back(made: Landscape) -> None:
    with transaction.atomic():
        Role.objects.filter(pk=made.roles[0].pk).update(description="never")
        transaction.set_rollback(True)


def failing_save(made: Landscape) -> None:
    with pytest.raises(IntegrityError):
        Role(name=made.roles[0].name).save()


def nothing(_: Landscape) -> None:
    pass


# operation, what was there before, the operation, the expected number of events
TABLE: list[tuple[str, Act, Act, int]] = [
    ("save(), creating", nothing, lambda made: Role(name=f"New {made.team}").save(), 1),
    ("save(), updating", nothing, lambda made: saved_with(made.roles[0], description="x"), 1),
    ("save() in a step", nothing, saved_in_a_step, 1),
    ("save() that changes nothing", nothing, lambda made: made.roles[0].save(), 0),
    ("save() with F()", nothing, lambda made: saved_with(made.environment, position=F("position") + 100), 1),
    ("QuerySet.update of 3", nothing, lambda made: named(made).update(description="x"), 3),
    (
        "bulk_create of 3",
        nothing,
        lambda made: Role.objects.bulk_create(Role(name=f"{made.team} {n}") for n in "abc"),
        3,
    ),
    ("bulk_update of 3", nothing, bulk_updated, 3),
    ("QuerySet.delete of 3", nothing, lambda made: named(made).delete(), 3),
    ("delete(), cascading to 3", deleted_with_three, lambda made: made.team.delete(), 4),
    ("delete(), SET NULL in 3", nothing, lambda made: made.team.delete(), 4),
    ("many-to-many add of 2", nothing, members("add 2"), 2),
    ("many-to-many remove", members("add 2"), members("remove"), 1),
    ("many-to-many clear of 2", members("add 2"), members("clear"), 2),
    ("raw SQL update", nothing, raw("UPDATE roles_role SET description = 'sql' WHERE key = %(key)s"), 1),
    (
        "raw SQL that changes nothing",
        nothing,
        raw("UPDATE roles_role SET name = name WHERE key = %(key)s"),
        0,
    ),
    ("TRUNCATE", members("set"), raw("TRUNCATE teams_membership"), 1),
    ("rolled back", nothing, rolled_back, 0),
    ("autocommit save() that fails a constraint", nothing, failing_save, 0),
]


def named(made: Landscape) -> Any:
    return Role.objects.filter(pk__in=[role.pk for role in made.roles])


def test_every_way_of_changing_is_captured(committed_db: None, capsys: pytest.CaptureFixture[str]) -> None:
    lines = []
    for number, (operation, before, act, expected) in enumerate(TABLE):
        made = landscape(number)
        before(made)
        count = Event.objects.count()
        act(made)
        lines.append((operation, expected, Event.objects.count() - count))
    with capsys.disabled():
        print(f"\n\n{'operation':<44}{'expected':>9}{'ours':>6}")  # noqa: T201
        print("\n".join(f"{operation:<44}{expected:>9}{ours:>6}" for operation, expected, ours in lines))  # noqa: T201
    assert [line for line in lines if line[1] != line[2]] == []


@pytest.mark.parametrize("table", ["audit_event", "audit_subject"])
@pytest.mark.parametrize("in_a_step", [True, False], ids=["in a step", "outside"])
def test_without_the_record_nothing_changes(committed_db: None, table: str, in_a_step: bool) -> None:
    made = landscape(1)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO gone")
    with pytest.raises((RecordUnavailable, DatabaseError)):
        saved_in_a_step(made) if in_a_step else named(made).update(description="x")
    assert set(named(made).values_list("description", flat=True)) == {""}


def test_the_real_values_of_an_expression_are_kept(committed_db: None) -> None:
    place = environment("Here")
    position = place.position
    saved_with(place, position=F("position") + 100)
    assert Event.objects.latest("id").body["changes"] == {"position": [str(position), str(position + 100)]}


def test_a_block_is_captured_like_everything(committed_db: None) -> None:
    made = landscape(1)
    application = Application.objects.filter(team=made.team).first()
    assert application is not None
    Block.objects.create(application=application, environment=made.environment, reason="freeze")
    event = Event.objects.latest("id")
    assert (event.entity_key, event.changed_fields) == (application.pk, ["blocks"])
    assert event.body["changes"]["reason"] == [None, "freeze"]
