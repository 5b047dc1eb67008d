from django.db import migrations

from audit.witness import witnessed


class Migration(migrations.Migration):
    dependencies = [("roles", "0002_builtin"), ("audit", "0002_witness")]
    operations = [
        witnessed("roles_role", kind="role", label="Role"),
        witnessed(
            "roles_environmentpermission",
            kind="role",
            label="Role",
            key="role_id",
            part="levels",
            entity_table="roles_role",
        ),
    ]
