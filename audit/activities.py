"""What can happen to the record itself: it is read, and it is exported. Nothing else ever can."""

from audit.activity import PUBLIC, Activity

log_viewed = Activity(
    None,
    "log.viewed",
    "Viewed the {log} of {kind} '{entity}'",
    requires=PUBLIC,
    facts=("log", "kind"),
    is_update=False,
)
infrastructure_log_viewed = Activity(
    None, "log.infrastructure_viewed", "Viewed the audit logs", requires="audit.view_all", is_update=False
)
