"""The two roles that are there from the start (lifetime.md, section 1)."""

from uuid import UUID

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

ADMINISTRATOR = UUID("00000000-0000-4000-8000-000000000011")
DEVELOPER = UUID("00000000-0000-4000-8000-000000000012")


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    roles = apps.get_model("roles", "Role").objects
    roles.create(
        key=ADMINISTRATOR,
        name="Administrator",
        description="Everything; cannot be changed.",
        builtin="administrator",
        manage_infrastructure=True,
        manage_teams=True,
        view_audit_logs=True,
    )
    roles.create(
        key=DEVELOPER, name="Developer", description="Develops and tests applications.", builtin="developer"
    )


class Migration(migrations.Migration):
    dependencies = [("roles", "0001_roles")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
