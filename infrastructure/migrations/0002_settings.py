"""The one row of console settings. It is there from the start, so it stands before the witness is put on the table."""

from uuid import UUID

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("infrastructure", "ConsoleSettings").objects.create(
        key=UUID("00000000-0000-4000-8000-000000000001")
    )


class Migration(migrations.Migration):
    dependencies = [("infrastructure", "0001_environments")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
