"""What can happen to the record itself: it is read, exported, and restored from a copy. Nothing else ever can."""

from audit import rules  # noqa: F401  (declaring is importing)
from audit.activity import PUBLIC, Activity

change_log_viewed = Activity(
    None,
    "change_log_viewed",
    "Viewed the change log of {kind} '{entity}'",
    requires="audit.view_change_log",
    facts=("kind",),
    is_update=False,
)
deleted_change_log_viewed = Activity(
    None,
    "deleted_change_log_viewed",
    "Viewed the change log of {kind} '{thing}', which was deleted",
    requires="audit.view_all",
    facts=("kind", "thing"),
    is_update=False,
)
activity_log_viewed = Activity(
    None,
    "activity_log_viewed",
    "Viewed the activity log of {kind} '{entity}'",
    requires="audit.view_all",
    facts=("kind",),
    is_update=False,
)
logs_viewed = Activity(
    None, "logs_viewed", "Viewed the audit logs", requires="audit.view_all", is_update=False
)
logs_exported = Activity(
    None,
    "logs_exported",
    "Exported {events} of the audit logs to Excel ({filters})",
    requires="audit.view_all",
    facts=("events", "filters"),
    is_update=False,
)
feed_read = Activity(None, "feed_read", "Followed the audit logs", requires="audit.view_all", is_update=False)
logs_downloaded = Activity(
    None,
    "logs_downloaded",
    "Exported the audit logs as {format} ({filters})",
    requires="audit.view_all",
    facts=("format", "filters"),
    is_update=False,
)
# The page has fetched the event from what its reader may see; the permission depends on the event's subjects.
event_viewed = Activity(
    None, "event_viewed", "Viewed event {number}", requires=PUBLIC, facts=("number",), is_update=False
)
api_called = Activity(
    None, "api.called", "Called {method} {path}", requires=PUBLIC, facts=("method", "path"), is_update=False
)
restored = Activity(
    None,
    "restored",
    "Restored the record from a copy; transaction numbers were raised from {old} to {new}",
    requires=PUBLIC,
    facts=("old", "new"),
    is_update=False,
)
