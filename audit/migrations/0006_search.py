"""Words of the sentence, changed fields and IP addresses are found by an index: one for all three.

It is a GIN index with a list of pending entries: an event is added to the list, and from there many at once to the
index. The list is short, so that the event that fills it does not wait long (docs/decisions/0010).

It is built while the table is locked against writing, half a minute for a million events: CONCURRENTLY would need a
migration without a transaction, which can leave half of itself behind, and no record is yet so large that it matters.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models

import audit.models

INDEX = """
CREATE INDEX audit_event_search ON audit_event USING gin (
    to_tsvector('simple'::regconfig,
        replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
            details::jsonb ->> 'sentence', '.', ' '), '/', ' '), '@', ' '), ':', ' '), '-', ' '),
            '_', ' '), '+', ' '), '&', ' '), '<', ' '), '~', ' ')),
    changed_fields,
    (ARRAY[details::jsonb ->> 'ip'])
) WITH (gin_pending_list_limit = 1024)
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_leaner")]
    operations = [
        migrations.RunSQL(
            sql=INDEX,
            reverse_sql="DROP INDEX audit_event_search",
            state_operations=[
                migrations.AddIndex(
                    model_name="event",
                    index=django.contrib.postgres.indexes.GinIndex(
                        audit.models.SentenceWords(),
                        models.F("changed_fields"),
                        audit.models.SenderAddresses(),
                        name="audit_event_search",
                        gin_pending_list_limit=1024,
                    ),
                ),
            ],
        ),
    ]
