"""What each caller of the API has taken from their allowance. Unlogged: counting waits for no disk, and is no loss."""

from django.db import migrations

TABLE = """
CREATE UNLOGGED TABLE audit_allowance (
    caller       text NOT NULL,
    bucket       text NOT NULL,
    window_start bigint NOT NULL,
    taken        integer NOT NULL,
    PRIMARY KEY (caller, bucket)
) WITH (fillfactor = 50);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_find_by_channel")]
    operations = [migrations.RunSQL(sql=TABLE, reverse_sql="DROP TABLE audit_allowance")]
