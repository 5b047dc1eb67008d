from django.db import migrations

from audit.witness import witnessed


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_teams"), ("audit", "0002_witness")]
    operations = [
        witnessed("teams_team", kind="team", label="Team"),
        witnessed(
            "teams_membership",
            kind="team",
            label="Team",
            key="team_id",
            part="members",
            entity_table="teams_team",
        ),
    ]
