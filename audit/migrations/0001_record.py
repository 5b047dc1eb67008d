"""The record: its two tables, the one function that writes it, and the triggers that refuse to alter it.

The tables are written in SQL because what matters about them Django cannot say: an identity nobody may choose, the
database's clock and transaction id as defaults, no foreign keys (a cascade walks past every REVOKE).
"""

import django.contrib.postgres.fields
from django.db import migrations, models

import audit.models

TABLES = """
CREATE TABLE audit_event (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    xid            xid8 NOT NULL DEFAULT pg_current_xact_id(),
    activity       text NOT NULL CHECK (activity <> ''),
    actor_kind     text NOT NULL CHECK (actor_kind IN ('person', 'service', 'system', 'database', 'anonymous')),
    actor_key      uuid CHECK ((actor_key IS NOT NULL) = (actor_kind IN ('person', 'service'))),
    entity_kind    text NOT NULL,
    entity_key     uuid CHECK (entity_key IS NULL OR entity_kind <> ''),
    is_update      boolean NOT NULL,
    outcome        text NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'refused')),
    channel        text NOT NULL CHECK (channel IN ('browser', 'api', 'lifetime-api', 'command', 'database')),
    request_id     uuid NOT NULL,
    token_key      uuid,
    changed_fields text[] NOT NULL CHECK (array_position(changed_fields, NULL) IS NULL),
    -- 128 random bits: without them, personal values in the details could be guessed from their hash
    salt           bytea NOT NULL DEFAULT substring(
                       sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) FROM 1 FOR 16),
    details        text NOT NULL CHECK (octet_length(details) <= 60000)
                       -- an event that no log can show would spoil every log, for ever
                       CHECK (details::jsonb ?& ARRAY['actor', 'sentence'])
);
CREATE TABLE audit_subject (
    kind       text NOT NULL,
    entity_key uuid NOT NULL,
    at         timestamptz NOT NULL,
    event_id   bigint NOT NULL,
    PRIMARY KEY (kind, entity_key, at, event_id)
);
CREATE INDEX audit_event_at ON audit_event (at DESC, id DESC);
CREATE INDEX audit_event_actor ON audit_event (actor_key, at DESC, id DESC);
CREATE INDEX audit_event_actor_kind ON audit_event (actor_kind, at DESC, id DESC);
CREATE INDEX audit_event_kind ON audit_event (entity_kind, at DESC, id DESC);
CREATE INDEX audit_event_activity ON audit_event (activity, at DESC, id DESC);
CREATE INDEX audit_event_request ON audit_event (request_id);
CREATE INDEX audit_event_xid ON audit_event (xid, id);
CREATE INDEX audit_event_unsuccessful ON audit_event (at DESC, id DESC) WHERE NOT outcome = 'succeeded';
CREATE INDEX audit_subject_event ON audit_subject (event_id);
"""

WRITE = """
CREATE FUNCTION audit_record(
    activity text, actor_kind text, actor_key uuid, entity_kind text, entity_key uuid, is_update boolean, outcome text,
    channel text, request_id uuid, token_key uuid, changed_fields text[],
    subject_kinds text[], subject_keys uuid[], details text
) RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    new_id bigint;
    new_at timestamptz;
BEGIN
    INSERT INTO audit_event (activity, actor_kind, actor_key, entity_kind, entity_key, is_update, outcome, channel,
                             request_id, token_key, changed_fields, details)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $14)
    RETURNING audit_event.id, audit_event.at INTO new_id, new_at;
    INSERT INTO audit_subject (kind, entity_key, at, event_id)
    SELECT subject.kind, subject.key, new_at, new_id FROM unnest($12, $13) AS subject (kind, key);
    RETURN new_id;
END $$;
"""

REFUSE = """
CREATE FUNCTION audit_refuse_alteration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The record is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_alteration();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_subject
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_alteration();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_append_only;
ALTER TABLE audit_subject ENABLE ALWAYS TRIGGER audit_append_only;
"""

DROP = """
DROP FUNCTION audit_record;
DROP TABLE audit_event, audit_subject;
DROP FUNCTION audit_refuse_alteration;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            sql=[TABLES, WRITE, REFUSE],
            reverse_sql=DROP,
            state_operations=[
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("xid", audit.models.TransactionIdField()),
                        ("activity", models.TextField()),
                        ("actor_kind", models.TextField()),
                        ("actor_key", models.UUIDField(null=True)),
                        ("entity_kind", models.TextField()),
                        ("entity_key", models.UUIDField(null=True)),
                        ("is_update", models.BooleanField()),
                        ("outcome", models.TextField()),
                        ("channel", models.TextField()),
                        ("request_id", models.UUIDField()),
                        ("token_key", models.UUIDField(null=True)),
                        (
                            "changed_fields",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(), size=None
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("details", models.TextField()),
                    ],
                    options={
                        "db_table": "audit_event",
                        "indexes": [
                            models.Index(fields=["-at", "-id"], name="audit_event_at"),
                            models.Index(fields=["actor_key", "-at", "-id"], name="audit_event_actor"),
                            models.Index(fields=["actor_kind", "-at", "-id"], name="audit_event_actor_kind"),
                            models.Index(fields=["entity_kind", "-at", "-id"], name="audit_event_kind"),
                            models.Index(fields=["activity", "-at", "-id"], name="audit_event_activity"),
                            models.Index(fields=["request_id"], name="audit_event_request"),
                            models.Index(fields=["xid", "id"], name="audit_event_xid"),
                            models.Index(
                                condition=models.Q(("outcome", "succeeded"), _negated=True),
                                fields=["-at", "-id"],
                                name="audit_event_unsuccessful",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventSubject",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "kind",
                                "entity_key",
                                "at",
                                "event_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("kind", models.TextField()),
                        ("entity_key", models.UUIDField()),
                        ("at", models.DateTimeField()),
                        ("event_id", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "audit_subject",
                        "indexes": [models.Index(fields=["event_id"], name="audit_subject_event")],
                    },
                ),
            ],
        ),
    ]
