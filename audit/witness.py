"""Putting the witness on a table: a line in the migration of the app that owns it."""

from collections.abc import Sequence

from django.db import migrations

_INSTALL = """
CREATE CONSTRAINT TRIGGER audit_witness_rows AFTER INSERT OR DELETE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_witness({arguments});
CREATE CONSTRAINT TRIGGER audit_witness_columns AFTER UPDATE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION audit_witness({arguments});
CREATE TRIGGER audit_witness_truncate AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_witness_truncate({arguments});
ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_witness_rows;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_witness_columns;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_witness_truncate;
"""
_REMOVE = """
DROP TRIGGER audit_witness_rows ON {table};
DROP TRIGGER audit_witness_columns ON {table};
DROP TRIGGER audit_witness_truncate ON {table};
"""


def witnessed(
    table: str,
    *,
    kind: str,
    label: str,
    key: str = "key",
    part: str = "",
    entity_table: str = "",
    named_by: str = "name",
    unwatched: Sequence[str] = (),
    secret: Sequence[str] = (),
) -> migrations.RunSQL:
    """Return the migration operation that puts the witness on `table`, whose rows belong to entities of `kind`.

    A row of a part (a membership, a level) names its `part`, the column `key` with its entity's key, and the
    `entity_table`. A `kind` of ":column" is read from the row, one of "@column" from the entity's row. Changes of
    `unwatched` columns need no event; values of `secret` columns are never written into one.
    """
    values = (kind, key, part, label, entity_table or table, named_by, ",".join(unwatched), ",".join(secret))
    arguments = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return migrations.RunSQL(
        sql=_INSTALL.format(table=table, arguments=arguments), reverse_sql=_REMOVE.format(table=table)
    )
