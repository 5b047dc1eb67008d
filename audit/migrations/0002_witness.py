# ruff: noqa: E501  (SQL)
"""The witness: the functions that `audit.witness.witnessed` puts on each domain table.

Rule: whatever a transaction changed, an event of the same transaction must name. A changed row belongs to an entity;
the names an event gives are in `changed_fields`: a column of the entity's own row ("name"), a column of a part
("levels.level"), a whole part ("levels"), or the whole entity ("*", when it is created or deleted).
What no event names, the witness records itself, as done by the login of the database.
"""

from django.db import migrations

CANONICAL = """
CREATE FUNCTION audit_canonical(value jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE jsonb_typeof(value)
        WHEN 'object' THEN '{' || coalesce((
            SELECT string_agg(to_json(key)::text || ':' || audit_canonical(item), ',' ORDER BY key COLLATE "C")
            FROM jsonb_each(value) AS pairs (key, item)), '') || '}'
        WHEN 'array' THEN '[' || coalesce((
            SELECT string_agg(audit_canonical(item), ',' ORDER BY position)
            FROM jsonb_array_elements(value) WITH ORDINALITY AS items (item, position)), '') || ']'
        ELSE value::text END;
END $$;
"""

# Found through the subject's own index, from a time on: what it costs depends neither on the size of the transaction
# nor on the entity's history. An event speaks of all its subjects' columns, but makes or unmakes only its entity. What
# the witness wrote speaks of one row alone: the next row of the same entity needs its own event.
NAMED = """
CREATE FUNCTION audit_named(subject_kind text, subject_key uuid, since timestamptz) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(field), '{}')
        FROM audit_subject subject JOIN audit_event event ON event.id = subject.event_id, unnest(event.changed_fields) field
        WHERE subject.kind = $1 AND subject.entity_key = $2 AND subject.at >= $3 AND event.xid = pg_current_xact_id()
            AND event.actor_kind <> 'database' AND (field <> '*' OR event.entity_key = $2));
END $$;
"""

OUTSIDE = """
CREATE FUNCTION audit_record_outside(
    verb text, kind text, subject_key uuid, kind_label text, name text, fields text[], changes jsonb
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    phrase text := CASE verb
        WHEN 'INSERT' THEN 'was added' WHEN 'DELETE' THEN 'was removed' WHEN 'TRUNCATE' THEN 'were all removed'
        ELSE 'was changed' END;
    head text := kind_label || ' ''' || name || '''';
    details jsonb;
BEGIN
    IF verb = 'TRUNCATE' THEN head := kind_label; END IF;
    details := jsonb_strip_nulls(jsonb_build_object(
        'actor', session_user::text,
        'links', CASE WHEN subject_key IS NOT NULL THEN
            jsonb_build_array(jsonb_build_array(length(kind_label) + 2, length(kind_label) + 2 + length(name), 0)) END,
        'sentence', head || ' ' || phrase || ' directly in the database'
            || CASE WHEN verb = 'UPDATE' THEN ' (' || array_to_string(fields, ', ') || ')' ELSE '' END,
        'subjects', CASE WHEN subject_key IS NOT NULL THEN
            jsonb_build_array(jsonb_build_array(kind, subject_key, name)) END))
        || CASE WHEN changes = '{}' THEN '{}' ELSE jsonb_build_object('changes', changes) END;
    IF octet_length(audit_canonical(details)) > 60000 THEN
        details := details - 'changes' || '{"cut": ["changes"]}';
    END IF;
    PERFORM audit_record(
        'audit.outside.' || CASE verb WHEN 'INSERT' THEN 'added' WHEN 'UPDATE' THEN 'changed' ELSE 'removed' END,
        'database', NULL, kind, subject_key, true, 'succeeded', 'database',
        -- one transaction of the database is one request
        encode(substring(sha256((pg_current_xact_id()::text || now()::text)::bytea) FROM 1 FOR 16), 'hex')::uuid,
        NULL, fields,
        CASE WHEN subject_key IS NULL THEN '{}' ELSE ARRAY[kind] END,
        CASE WHEN subject_key IS NULL THEN '{}'::uuid[] ELSE ARRAY[subject_key] END,
        audit_canonical(details));
END $$;
"""

# Which columns of a row changed; in a row that was added or removed, those that hold something.
CHANGED = """
CREATE FUNCTION audit_changed(before jsonb, after jsonb, unwatched text[]) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (SELECT array_agg(key ORDER BY key) FROM jsonb_each(coalesce(after, before)) AS cell (key, value)
        WHERE CASE WHEN before IS NULL OR after IS NULL THEN value <> 'null' ELSE value <> before -> key END
            AND NOT key = ANY (unwatched));
END $$;
"""

# Arguments of the trigger: kind (or ':column' of the row, or '@column' of the entity's row, that holds it), column with
# the entity's key, part ('' for the entity's own row), label of the kind, the entity's table, its naming column, columns
# not watched, secret columns.
#
# Nearly every change was named by a step, so that is asked first and cheaply: do this transaction's events about the
# entity name it whole, or all the columns that differ? Whoever is not that simple is looked at by audit_look_closely.
WITNESS = """
CREATE FUNCTION audit_witness() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
    of_kind text := TG_ARGV[0];
    part text := TG_ARGV[2];
    owner uuid := coalesce(after, before) ->> TG_ARGV[1];
    covered text[] := string_to_array(TG_ARGV[6], ',');
    told record;
BEGIN
    IF TG_ARGV[6] <> '' AND TG_OP = 'UPDATE' AND before - covered = after - covered THEN RETURN NULL; END IF;
    IF of_kind LIKE ':%' THEN of_kind := coalesce(after, before) ->> substr(of_kind, 2); END IF;
    FOR told IN
        SELECT event.changed_fields AS fields, event.entity_key = owner AS is_own
        FROM audit_subject subject JOIN audit_event event ON event.id = subject.event_id
        WHERE subject.kind = of_kind AND subject.entity_key = owner AND subject.at >= now()
            AND event.xid = pg_current_xact_id() AND event.actor_kind <> 'database'
    LOOP
        IF TG_OP <> 'UPDATE' AND (part = ANY (told.fields) OR told.is_own AND '*' = ANY (told.fields)) THEN
            RETURN NULL;
        END IF;
        covered := covered || told.fields;
    END LOOP;
    -- a change of owner leaves the key in what differs, and so is never that simple
    IF TG_OP = 'UPDATE' AND part = '' AND before - covered = after - covered THEN RETURN NULL; END IF;
    PERFORM audit_look_closely(TG_OP, TG_ARGV[0], TG_ARGV[1], part, TG_ARGV[3], TG_ARGV[4], TG_ARGV[5],
                               string_to_array(TG_ARGV[6], ','), string_to_array(TG_ARGV[7], ','), before, after);
    RETURN NULL;
END $$;

-- Column by column, and for a row that went from one entity to another, on behalf of both.
CREATE FUNCTION audit_look_closely(
    operation text, declared_kind text, key_column text, part text, kind_label text, entity_table text, naming_column text,
    unwatched text[], secret text[], before jsonb, after jsonb
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    columns text[] := audit_changed(before, after, unwatched);
    fields text[] := CASE WHEN part <> '' AND operation <> 'UPDATE' THEN ARRAY[part] WHEN operation <> 'UPDATE' THEN '{*}'
        ELSE (SELECT array_agg(CASE WHEN part = '' THEN '' ELSE part || '.' END || regexp_replace(c, '_id$', ''))
              FROM unnest(columns) c) END;
    owners jsonb[] := ARRAY[coalesce(after, before)];
    owner jsonb;
    kind text;
    subject_key uuid;
    since timestamptz;
    named text[];
BEGIN
    IF columns IS NULL THEN RETURN; END IF;
    IF operation = 'UPDATE' AND (key_column = ANY (columns) OR substr(declared_kind, 2) = ANY (columns)) THEN
        owners := owners || before;
    END IF;
    <<each_owner>>
    FOREACH owner IN ARRAY owners LOOP
        kind := declared_kind;
        subject_key := owner ->> key_column;
        IF kind LIKE ':%' THEN
            kind := owner ->> substr(kind, 2);
        ELSIF kind LIKE '@%' THEN
            EXECUTE format('SELECT %I::text FROM public.%I WHERE key = $1', substr(kind, 2), entity_table)
                INTO kind USING subject_key;
            kind := coalesce(kind, entity_table);  -- the entity itself is gone too
        END IF;
        -- the transaction's own events are no older than it is, unless the clock was set back meanwhile: look further then
        FOREACH since IN ARRAY ARRAY[now(), now() - interval '1 minute'] LOOP
            named := audit_named(kind, subject_key, since);
            CONTINUE each_owner WHEN fields <@ named OR '*' = ANY (named) OR (part <> '' AND part = ANY (named));
        END LOOP;
        PERFORM audit_outside(CASE WHEN part = '' THEN operation ELSE 'UPDATE' END, kind, subject_key, kind_label,
                              entity_table, naming_column, owner, part, fields, columns, secret, before, after);
    END LOOP;
END $$;

-- What no event named: the row's old and new values, and the entity by the name that its table has for it.
CREATE FUNCTION audit_outside(
    verb text, kind text, subject_key uuid, kind_label text, entity_table text, naming_column text, owner jsonb, part text,
    fields text[], columns text[], secret text[], before jsonb, after jsonb
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
    changes jsonb;
BEGIN
    EXECUTE format('SELECT %I::text FROM public.%I WHERE key = $1', naming_column, entity_table) INTO name USING subject_key;
    IF name IS NULL AND part = '' THEN name := owner ->> naming_column; END IF;
    SELECT jsonb_object_agg(c, CASE WHEN c = ANY (secret) THEN '["(not shown)", "(not shown)"]'::jsonb
                               ELSE jsonb_build_array(before ->> c, after ->> c) END) INTO changes FROM unnest(columns) c;
    PERFORM audit_record_outside(verb, kind, subject_key, kind_label, coalesce(name, subject_key::text), fields, changes);
END $$;

CREATE FUNCTION audit_witness_truncate() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM audit_record_outside('TRUNCATE', CASE WHEN TG_ARGV[0] ~ '^[:@]' THEN '' ELSE TG_ARGV[0] END, NULL,
                                 'The rows of table ' || TG_TABLE_NAME, '', ARRAY[coalesce(nullif(TG_ARGV[2], ''), '*')], '{}');
    RETURN NULL;
END $$;

-- they run as their owner: whoever could put them on a table of their own would read and write with that owner's rights
REVOKE ALL ON FUNCTION audit_witness(), audit_witness_truncate() FROM PUBLIC;
"""

DROP = """
DROP FUNCTION audit_witness_truncate; DROP FUNCTION audit_witness; DROP FUNCTION audit_look_closely;
DROP FUNCTION audit_outside;
DROP FUNCTION audit_record_outside; DROP FUNCTION audit_changed; DROP FUNCTION audit_named; DROP FUNCTION audit_canonical;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_record")]
    operations = [migrations.RunSQL(sql=[CANONICAL, NAMED, OUTSIDE, CHANGED, WITNESS], reverse_sql=DROP)]
