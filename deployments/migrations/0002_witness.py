from django.db import migrations

from audit.witness import witnessed


class Migration(migrations.Migration):
    dependencies = [("deployments", "0001_plans"), ("audit", "0002_witness")]
    operations = [
        # plans are numbered as they are begun; a number is never used twice
        migrations.RunSQL("CREATE SEQUENCE deployments_plan_number", "DROP SEQUENCE deployments_plan_number"),
        witnessed("deployments_plan", kind="deployment_plan", label="Deployment plan", named_by="number"),
        witnessed(
            "deployments_plannedapplication",
            kind="deployment_plan",
            label="Deployment plan",
            key="plan_id",
            part="applications",
            entity_table="deployments_plan",
            named_by="number",
        ),
    ]
