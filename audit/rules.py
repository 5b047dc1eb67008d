"""Who may read which log. The permission for the whole record, `audit.view_all`, is declared by infrastructure."""

from typing import Any

from audit.activity import Kind, kind_of, permission, predicate


def with_readable_log(kind: Kind, reader: Any) -> Any:
    """Return the things of a kind whose change log the reader may read."""
    reads_everything = reader.has_perm("audit.view_all")
    return kind.model._default_manager.all() if reads_everything else kind.readable(reader)


@predicate
def reads_change_log(user: Any, thing: Any) -> bool:
    """Read the whole record, or the log of this thing, as its kind declares."""
    if user.has_perm("audit.view_all"):
        return True  # without asking whether it still exists
    if getattr(thing, "log_is_open_to", None) == user:
        return True  # the page has asked when it fetched the thing, and now records the reading
    return bool(with_readable_log(kind_of(thing), user).filter(pk=thing.pk).exists())


permission("audit.view_change_log", "permission to read the change log of this", reads_change_log)
