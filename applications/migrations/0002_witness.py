from django.db import migrations

from audit.witness import witnessed

PARTS = {
    "applications_version": "versions",
    "applications_environmentstatus": "environments",
    "applications_applicationrole": "roles",
    "applications_block": "blocks",
}


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_applications"), ("audit", "0002_witness")]
    operations = [
        witnessed("applications_application", kind="application", label="Application"),
        *(
            witnessed(
                table,
                kind="application",
                label="Application",
                key="application_id",
                part=part,
                entity_table="applications_application",
            )
            for table, part in PARTS.items()
        ),
    ]
