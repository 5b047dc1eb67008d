"""The public vocabulary of the record: all that a domain app needs to declare and perform what can happen to its things."""

from audit.activity.actors import Actor, Anonymous, System
from audit.activity.declaration import PUBLIC, Activity, activities
from audit.activity.errors import RecordUnavailable, Refused
from audit.activity.fields import SecretCharField
from audit.activity.kinds import Kind, kind_named, kind_of, kinds
from audit.activity.occurrence import Occurrence, Subject, activity_performed
from audit.activity.origin import Channel, Origin, current_origin, originating
from audit.activity.permissions import needs, permission

__all__ = [
    "PUBLIC",
    "Activity",
    "Actor",
    "Anonymous",
    "Channel",
    "Kind",
    "Occurrence",
    "Origin",
    "RecordUnavailable",
    "Refused",
    "SecretCharField",
    "Subject",
    "System",
    "activities",
    "activity_performed",
    "current_origin",
    "kind_named",
    "kind_of",
    "kinds",
    "needs",
    "originating",
    "permission",
]
