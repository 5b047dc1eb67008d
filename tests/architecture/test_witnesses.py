"""Every table is watched by the witness, and exactly as its kind is declared; or it is exempt, with the reason."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from audit.activity import Kind, SecretCharField, activities, kind_named, kinds
from tests.architecture.sources import DOMAIN

pytestmark = pytest.mark.django_db

EXEMPT = {
    "audit_event": "the record itself: append-only",
    "audit_subject": "the record itself: append-only",
    "deployments_planlogentry": "a plan's log: lines are only ever added, beside the events of each step",
    "users_signinattempts": "counts failed attempts, each of which is an event",
    "audit_allowance": "counts requests to the API, for its limits",
    "users_session": "browser sessions: signing in and out are events",
    "django_migrations": "which migrations ran",
    "django_content_type": "Django's list of models",
    "auth_permission": "Django's own permissions, which nothing asks",
    "auth_group": "Django's own groups, which nothing asks",
    "auth_group_permissions": "Django's own groups, which nothing asks",
}
TRIGGERS = {"audit_witness_rows", "audit_witness_columns", "audit_witness_truncate"}


@dataclass(frozen=True)
class Witness:
    """How a table is watched: the arguments of its triggers."""

    kind: str
    key: str
    part: str
    label: str
    entity_table: str
    named_by: str
    unwatched: str
    secret: str

    @property
    def kinds(self) -> list[Kind]:
        """The kinds of entity that a row can belong to."""
        if self.kind[:1] not in ":@":
            return [kind_named(self.kind)]
        return [kind for kind in kinds() if kind.model._meta.db_table == self.entity_table]


def tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in cursor.fetchall()}


def witnesses() -> dict[str, Witness]:
    """The witness of each table that has all its triggers, always enabled and with the same arguments."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, array_agg(tgname::text), array_agg(DISTINCT tgargs), bool_and(tgenabled = 'A')"
            " FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid WHERE tgname LIKE 'audit_witness%' GROUP BY 1"
        )
        rows = cursor.fetchall()
    assert [
        table for table, names, args, always in rows if set(names) != TRIGGERS or len(args) != 1 or not always
    ] == []
    return {table: Witness(*bytes(args[0]).decode().split("\0")[:-1]) for table, _, args, _ in rows}


def model_of(table: str) -> type[models.Model]:
    return next(
        model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table
    )


def columns(fields: Any) -> set[str]:
    return {field.column for field in fields}


def test_every_table_is_watched_or_exempt() -> None:
    watched = set(witnesses())
    assert tables() - watched - set(EXEMPT) == set()
    assert watched & set(EXEMPT) == set()


def test_every_kind_is_watched() -> None:
    own = {
        (kind.name, table)
        for table, witness in witnesses().items()
        if not witness.part
        for kind in witness.kinds
    }
    assert own == {(kind.name, kind.model._meta.db_table) for kind in kinds()}


def test_the_witness_leaves_out_what_the_kind_leaves_out() -> None:
    for table, witness in witnesses().items():
        if not witness.part:
            for kind in witness.kinds:
                declared = {kind.model._meta.get_field(name).column for name in kind.unrecorded}  # type: ignore[union-attr]
                assert set(filter(None, witness.unwatched.split(","))) == declared, table


def test_secrets_are_secret_to_the_witness_too() -> None:
    for table, witness in witnesses().items():
        secret = columns(f for f in model_of(table)._meta.concrete_fields if isinstance(f, SecretCharField))
        assert set(filter(None, witness.secret.split(","))) == secret, table


def test_a_part_leads_to_its_entity() -> None:
    for table, witness in witnesses().items():
        fields = {field.column: field for field in model_of(table)._meta.concrete_fields}
        entity = model_of(witness.entity_table)
        assert witness.named_by in columns(entity._meta.concrete_fields)
        if witness.part:
            assert fields[witness.key].related_model is entity, table
        else:
            assert fields[witness.key].primary_key
            assert witness.entity_table == table


def test_what_activities_say_they_change_is_there() -> None:
    parts = {witness.part for witness in witnesses().values() if witness.part}
    names = {field.name for kind in kinds() for field in kind.recorded_fields}
    for activity in activities().values():
        for field in activity.fields:
            assert field.partition(".")[0] in parts | names, f"{activity.code} says it changes {field}"


def test_every_domain_table_is_somebodys() -> None:
    domain = {
        model._meta.db_table
        for app in DOMAIN
        for model in apps.get_app_config(app).get_models()
        if model._meta.managed
    }
    assert domain <= set(witnesses()) | set(EXEMPT)
