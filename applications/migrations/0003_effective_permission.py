"""The effective permission as a view: one implementation, asked by every list and every rule.

Written in SQL because it is one question of a few joins; as nested expressions of the ORM it cost 10 to 40 ms of Python
each time it was asked.
"""

from django.db import migrations, models

VIEW = """
CREATE VIEW applications_effectivepermission AS
SELECT someone.key AS user_id,
       application.key AS application_id,
       permission.environment_id,
       permission.role_id,
       CASE WHEN for_it.role_id IS NOT NULL THEN 'application' WHEN in_team.role_id IS NOT NULL THEN 'team'
            ELSE 'default' END AS held_as,
       CASE WHEN for_it.role_id IS NULL AND in_team.role_id IS NULL THEN permission.level
            WHEN permission.level = 1 THEN 0
            WHEN permission.level = 6 THEN 5
            ELSE permission.level END AS level
FROM users_user someone
CROSS JOIN applications_application application
LEFT JOIN applications_applicationrole for_it
       ON for_it.user_id = someone.key AND for_it.application_id = application.key
LEFT JOIN teams_membership in_team
       ON in_team.user_id = someone.key AND in_team.team_id = application.team_id
JOIN roles_environmentpermission permission
       ON permission.role_id = coalesce(for_it.role_id, in_team.role_id, someone.role_id)
JOIN roles_environmentpermission entry
       ON entry.role_id = someone.role_id AND entry.environment_id = permission.environment_id AND entry.level >= 1
WHERE someone.is_active
"""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0002_witness"),
        ("infrastructure", "0003_witness"),
        ("roles", "0003_witness"),
        ("teams", "0002_witness"),
        ("users", "0003_witness"),
    ]
    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW applications_effectivepermission"),
        migrations.CreateModel(
            name="EffectivePermission",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user",
                        "application",
                        "environment",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "held_as",
                    models.CharField(
                        choices=[
                            ("application", "role for the application"),
                            ("team", "role in the team"),
                            ("default", "default role"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "No Access"),
                            (1, "Access"),
                            (2, "List Applications"),
                            (3, "Monitor and Add Dependencies"),
                            (4, "Open and Debug Applications"),
                            (5, "Change and Deploy Applications"),
                            (6, "Full Control"),
                        ]
                    ),
                ),
            ],
            options={"managed": False, "db_table": "applications_effectivepermission"},
        ),
    ]
