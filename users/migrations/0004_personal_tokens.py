"""Tokens of people, and what each token opens. Those of service accounts open everything, as they always did."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("users", "0003_witness")]
    operations = [
        migrations.AddField(
            model_name="token",
            name="label",
            field=models.CharField(blank=True, default="", max_length=100, verbose_name="name"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="token",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[("record:read", "Read the record"), ("administer", "Administer")], max_length=20
                ),
                default=["record:read", "administer"],
                size=None,
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="token",
            constraint=models.CheckConstraint(
                name="token_scopes_known",
                condition=models.Q(scopes__contained_by=["record:read", "administer"], scopes__len__gt=0),
            ),
        ),
    ]
