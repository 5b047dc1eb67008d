"""`Administrator`: the actor of integrations that act for no person. It has no password and never signs in."""

from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    role = apps.get_model("roles", "Role").objects.get(builtin="administrator")
    apps.get_model("users", "User").objects.create(
        key=UUID("00000000-0000-4000-8000-000000000021"),
        kind="service_account",
        username="Administrator",
        name="Administrator",
        description="Acts for integrations that act for no person.",
        role=role,
        is_builtin=True,
        password=make_password(None),
    )


class Migration(migrations.Migration):
    dependencies = [("users", "0001_users"), ("roles", "0002_builtin")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
