"""The public vocabulary of the record: how an app declares and performs what can happen to its things."""

from audit.activity.actors import Actor, Anonymous, System
from audit.activity.declaration import PUBLIC, Activity, activities
from audit.activity.errors import (
    AlreadyDone,
    Conflict,
    RecordUnavailable,
    Refused,
    TooManyRequests,
    Vanished,
)
from audit.activity.fields import SecretCharField
from audit.activity.kinds import Kind, kind_named, kind_of, kinds
from audit.activity.occurrence import Occurrence, Subject, activity_performed
from audit.activity.origin import Channel, Origin, attribute_to_token, current_origin, originating
from audit.activity.permissions import Predicate, needs, permission, predicate

__all__ = [
    "PUBLIC",
    "Activity",
    "Actor",
    "AlreadyDone",
    "Anonymous",
    "Channel",
    "Conflict",
    "Kind",
    "Occurrence",
    "Origin",
    "Predicate",
    "RecordUnavailable",
    "Refused",
    "SecretCharField",
    "Subject",
    "System",
    "TooManyRequests",
    "Vanished",
    "activities",
    "activity_performed",
    "attribute_to_token",
    "current_origin",
    "kind_named",
    "kind_of",
    "kinds",
    "needs",
    "originating",
    "permission",
    "predicate",
]
