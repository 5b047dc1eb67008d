"""Who may read which log. The permission for the whole record, `audit.view_all`, is declared by infrastructure."""

from typing import Any

from audit.activity import kind_of, permission, predicate


@predicate
def reads_change_log(user: Any, thing: Any) -> bool:
    """Read the whole record, or the log of this thing, as its kind declares."""
    if user.has_perm("audit.view_all"):
        return True
    return bool(kind_of(thing).readable(user).filter(pk=thing.pk).exists())


permission("audit.view_change_log", "permission to read the change log of this", reads_change_log)
