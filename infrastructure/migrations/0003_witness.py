from django.db import migrations

from audit.witness import witnessed


class Migration(migrations.Migration):
    dependencies = [("infrastructure", "0002_settings"), ("audit", "0002_witness")]
    operations = [
        witnessed("infrastructure_environment", kind="environment", label="Environment"),
        witnessed(
            "infrastructure_consolesettings", kind="infrastructure", label="Infrastructure", named_by="runner"
        ),
    ]
