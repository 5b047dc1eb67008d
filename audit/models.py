"""The record as Django reads it. The database's `audit_record()` writes it, for `audit.record` and the witness."""

from collections.abc import Sequence
from functools import cached_property, reduce
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery

from audit.activity import kinds
from audit.details import parsed

# Not translate(): blanking with it took as long as finding the words, and replace() a tenth of that.
_WITHOUT_JOINTS = reduce(
    lambda text, joint: f"replace({text}, '{joint}', ' ')",
    "./@:-_+&<~",
    "%(expressions)s::jsonb ->> 'sentence'",
)


class TransactionIdField(models.BigIntegerField[int, int]):
    """PostgreSQL's 64-bit transaction id (`xid8`)."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002  (the shape of Field)
        return "xid8"


class SentenceWords(Func):
    """The words of an event's sentence, for full-text search; punctuation separates: `fleet` finds `andrea.fleet`.

    PostgreSQL separates words at most punctuation by itself, but keeps names of hosts, files and addresses, numbers
    with signs and the like together: what joins those is blanked first. Every function in it is immutable, so that
    the index can be built on it; migration 0006 says the same in SQL.
    """

    template = f"to_tsvector('simple'::regconfig, {_WITHOUT_JOINTS})"
    output_field = SearchVectorField()

    def __init__(self) -> None:
        super().__init__(F("details"))


class SenderAddresses(Func):
    """The address that an event's request came from, as a list, which one index can hold together with words."""

    template = "ARRAY[%(expressions)s::jsonb ->> 'ip']"
    output_field = ArrayField(models.TextField())

    def __init__(self) -> None:
        super().__init__(F("details"))


class EventQuerySet(models.QuerySet["Event"]):
    """Reads of the record. Every page, export and count starts from `visible_to`."""

    def visible_to(self, user: Any) -> Self:
        """Keep the events that the user may read: all, or those about a thing whose change log they may read."""
        if user.has_perm("audit.view_all"):
            return self
        about_readable = Q(pk__in=())
        for kind in kinds():
            about_readable |= Q(kind=kind.name, entity_key__in=kind.readable(user).values("pk"))
        # A value and not EXISTS, which PostgreSQL turns into a join with every subject on record: this is asked of the
        # events that a page has come to, and of no others.
        subject = EventSubject.objects.filter(about_readable, event_id=OuterRef("pk")).values("event_id")[:1]
        return self.alias(readable_subject=Subquery(subject)).filter(readable_subject__isnull=False)

    def about(self, kind: str, key: UUID) -> Self:
        """Keep the events about one thing: what was done to it, and to others with its part in it."""
        return self.filter(
            Exists(EventSubject.objects.filter(kind=kind, entity_key=key, event_id=OuterRef("pk")))
        )

    def by_actor(self, key: UUID) -> Self:
        """Keep the events that this person or service account did."""
        return self.filter(actor_key=key)

    def saying(self, words: Sequence[str]) -> Self:
        """Keep the events in whose sentence every one of these words begins a word. Words hold no ASCII punctuation."""
        prefixes = " & ".join(f"'{word}':*" for word in words)
        query = SearchQuery(prefixes, config="simple", search_type="raw")
        return self.alias(words=SentenceWords()).filter(words=query)

    def from_address(self, address: str) -> Self:
        """Keep the events whose request came from this IP address."""
        return self.alias(addresses=SenderAddresses()).filter(addresses__contains=[address])

    @property
    def is_everything(self) -> bool:
        """Say whether nothing of the record is left out."""
        return not self.query.has_filters() and not self.query.is_sliced and not self.query.is_empty()

    def newest_first(self) -> Self:
        """Order as every log is read."""
        return self.order_by("-at", "-id")


class Event(models.Model):
    """One line of the record: facts in typed columns, finished text in `details`. Never changed, never removed."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    xid = TransactionIdField()
    activity = models.TextField()
    actor_kind = models.TextField()
    actor_key = models.UUIDField(null=True)
    entity_kind = models.TextField()
    entity_key = models.UUIDField(null=True)
    is_update = models.BooleanField()
    outcome = models.TextField()
    channel = models.TextField()
    request_id = models.UUIDField()
    token_key = models.UUIDField(null=True)
    changed_fields = ArrayField(models.TextField())
    salt = models.BinaryField()
    details = models.TextField()

    objects: ClassVar[Any] = EventQuerySet.as_manager()

    class Meta:
        db_table = "audit_event"
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_event_at"),
            models.Index(fields=["actor_key", "-at", "-id"], name="audit_event_actor"),
            models.Index(fields=["actor_kind", "-at", "-id"], name="audit_event_actor_kind"),
            models.Index(fields=["entity_kind", "-at", "-id"], name="audit_event_kind"),
            models.Index(fields=["activity", "-at", "-id"], name="audit_event_activity"),
            models.Index(fields=["request_id"], name="audit_event_request"),
            models.Index(fields=["xid", "id"], name="audit_event_xid"),
            models.Index(
                fields=["-at", "-id"], name="audit_event_unsuccessful", condition=~Q(outcome="succeeded")
            ),
            models.Index(  # most events come by browser: they are found without it, and cost nothing in it
                fields=["channel", "-at", "-id"], name="audit_event_channel", condition=~Q(channel="browser")
            ),
            GinIndex(  # one for three questions: together they cost a new event hardly more than the first alone
                SentenceWords(),
                F("changed_fields"),
                SenderAddresses(),
                name="audit_event_search",
                gin_pending_list_limit=1024,
            ),
        ]

    def __str__(self) -> str:
        return self.sentence

    @cached_property
    def body(self) -> dict[str, Any]:
        """The details as parsed JSON: actor, sentence, links, subjects, changes, reason, ip, user_agent, cut; what is
        empty is not there."""
        return parsed(self.details)

    @property
    def sentence(self) -> str:
        """What happened, as it read at that moment."""
        return str(self.body["sentence"])

    @property
    def actor_label(self) -> str:
        """Who did it, by the name they had at that moment."""
        return str(self.body["actor"])


class EventSubject(models.Model):
    """A thing that an event is about; the newest events of a thing are one range of this table's primary key."""

    pk = models.CompositePrimaryKey("kind", "entity_key", "at", "event_id")
    kind = models.TextField()
    entity_key = models.UUIDField()
    at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        db_table = "audit_subject"
        indexes = [models.Index(fields=["event_id"], name="audit_subject_event")]

    def __str__(self) -> str:
        return f"{self.kind} {self.entity_key}"
