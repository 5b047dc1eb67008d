from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deployments", "0002_witness")]

    operations = [
        migrations.AddField(
            model_name="plan",
            name="runner",
            field=models.CharField(
                blank=True,
                choices=[
                    ("registry", "Built-in registry: records what runs where"),
                    ("command", "Program on the server: called once per application"),
                ],
                editable=False,
                max_length=10,
                verbose_name="deployment runner",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="runner_program",
            field=models.CharField(blank=True, editable=False, max_length=100, verbose_name="program"),
        ),
        migrations.AddIndex(
            model_name="plan",
            index=models.Index(
                condition=models.Q(("status__in", ["running", "aborting"])),
                fields=["started_at"],
                name="plan_of_the_worker",
            ),
        ),
    ]
