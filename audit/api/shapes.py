"""The shapes of answers, for the description of the API. Documents are written by documents.py, which is faster."""

from typing import Any

from rest_framework import serializers
from rest_framework.serializers import CharField, IntegerField, ListField, UUIDField

from audit.api.problems import CODES, PARAMETER_CODES
from audit.filters import OUTCOMES
from audit.rows import CHANNELS

Plain = serializers.Serializer[Any]
ACTORS = ("person", "service", "system", "database", "anonymous")


class ActorSerializer(Plain):
    """Who acted, by the name they had then."""

    kind = serializers.ChoiceField(choices=ACTORS)
    key = UUIDField(
        allow_null=True, help_text="Null for automatic steps, the database, and whoever is unknown."
    )
    name = CharField()


class ThingSerializer(Plain):
    """A thing, by the name it had then."""

    kind = CharField(help_text="The kind, as in `role`.")
    key = UUIDField(allow_null=True, help_text="Null where an event is about a kind as a whole.")
    label = CharField(allow_blank=True)  # type: ignore[assignment]


class ChangeSerializer(Plain):
    """One field before and after, in readable values."""

    field = CharField()
    old = serializers.JSONField()
    new = serializers.JSONField()


EVENT_EXAMPLE = {
    "id": 48213,
    "at": "2026-11-22T09:30:12.482113Z",
    "activity": "users.user.default_role_changed",
    "sentence": "User 'Andrea Fleet' (andrea.fleet) updated. Role changed from 'Developer' to 'Administrator'",
    "is_update": True,
    "outcome": "succeeded",
    "actor": {"kind": "person", "key": "3b1f6c1e-9a55-4c77-8a0e-0a1f3c1b2d4e", "name": "Ingrid Holm"},
    "entity": {"kind": "user", "key": "6f9619ff-8b86-4011-b42d-00c04fc964ff", "label": "Andrea Fleet"},
    "subjects": [
        {"kind": "user", "key": "6f9619ff-8b86-4011-b42d-00c04fc964ff", "label": "Andrea Fleet"},
        {"kind": "role", "key": "00000000-0000-4000-8000-000000000012", "label": "Developer"},
        {"kind": "role", "key": "00000000-0000-4000-8000-000000000011", "label": "Administrator"},
    ],
    "links": [[6, 18, 0]],
    "changed_fields": ["role"],
    "changes": [{"field": "Role", "old": "Developer", "new": "Administrator"}],
    "reason": "",
    "channel": "browser",
    "ip": "192.0.2.17",
    "user_agent": "Mozilla/5.0",
    "request_id": "0f0e0d0c-0b0a-4908-8706-050403020100",
    "token_key": None,
    "cut": [],
}


class EventSerializer(Plain):
    """One line of the record. Every member is always there."""

    id = IntegerField(
        help_text="Rises with time, though not in the order of commits: follow the feed by its cursor."
    )
    at = serializers.DateTimeField(help_text="By the database's clock, in UTC.")
    activity = CharField(help_text="What happened, as the catalogue names it.")
    sentence = CharField(help_text="What happened, as it read at that moment.")
    is_update = serializers.BooleanField()
    outcome = serializers.ChoiceField(choices=tuple(OUTCOMES))
    actor = ActorSerializer()
    entity = ThingSerializer(allow_null=True, help_text="The thing it happened to.")
    subjects = ThingSerializer(many=True, help_text="Everything it is about, the entity first.")
    links = ListField(
        child=ListField(child=IntegerField(), min_length=3, max_length=3),
        help_text="Where the sentence names a subject: first character, end, index among the subjects.",
    )
    changed_fields = ListField(child=CharField(), help_text="`*` where everything is new or gone.")
    changes = ChangeSerializer(many=True)
    reason = CharField(allow_blank=True)
    channel = serializers.ChoiceField(choices=tuple(CHANNELS))
    ip = CharField(allow_blank=True)
    user_agent = CharField(allow_blank=True)
    request_id = UUIDField(help_text="Events of one request share it.")
    token_key = UUIDField(allow_null=True, help_text="The token it came with.")
    cut = ListField(child=CharField(), help_text="The parts that were too long to be kept whole.")


class CountSerializer(Plain):
    """How many events there are, counted to 10,000."""

    events = IntegerField(min_value=0, max_value=10_000)
    is_exact = serializers.BooleanField(help_text="False: there are more.")


class PageSerializer(Plain):
    """A page of a log, newest first."""

    events = EventSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="The older page. Null: this was the last.")
    previous = serializers.URLField(allow_null=True, help_text="The newer page.")
    count = CountSerializer(required=False)


class FeedSerializer(Plain):
    """A page of the feed, in commit order."""

    events = EventSerializer(many=True)
    next = serializers.URLField(help_text="Where reading goes on; always there.")
    cursor = CharField(help_text="The same place, to be kept with the events that were read.")
    is_complete = serializers.BooleanField(help_text="There is nothing more at this moment.")
    lag_seconds = serializers.FloatField(
        min_value=0, help_text="For how long committed events are held back by a transaction that still runs."
    )


class ActivitySerializer(Plain):
    """An activity as it is declared."""

    name = CharField()
    kind = CharField(allow_null=True, help_text="Null: it can happen to things of any kind.")
    sentence = CharField()
    permission = CharField(allow_null=True, help_text="Null: anybody may.")
    permission_words = CharField(allow_blank=True)
    is_update = serializers.BooleanField(help_text="An update; else a read.")
    outcome = serializers.ChoiceField(choices=tuple(OUTCOMES))


class CatalogueSerializer(Plain):
    """Everything that can stand on record."""

    activities = ActivitySerializer(many=True)


class TokenSerializer(Plain):
    """The token that the call came with."""

    name = CharField()
    scopes = ListField(child=CharField())
    expires_at = serializers.DateTimeField()


class LimitSerializer(Plain):
    """Requests in so many seconds."""

    requests = IntegerField()
    seconds = IntegerField()


class LimitsSerializer(Plain):
    """What the caller may ask."""

    read = LimitSerializer()
    export = LimitSerializer()


class MeSerializer(Plain):
    """The caller."""

    kind = serializers.ChoiceField(choices=("user", "service_account"))
    key = UUIDField()
    name = CharField()
    username = CharField()
    permissions = ListField(child=CharField(), help_text="Those held that ask for no particular thing.")
    may_read_everything = serializers.BooleanField()
    token = TokenSerializer(allow_null=True)
    limits = LimitsSerializer()


class FaultSerializer(Plain):
    """What is wrong with one parameter."""

    code = serializers.ChoiceField(choices=tuple(PARAMETER_CODES))
    parameter = CharField()
    position = IntegerField(
        allow_null=True, help_text="The character of the query string at which it begins."
    )
    detail = CharField()


class ProblemSerializer(Plain):
    """What went wrong (RFC 9457)."""

    type = CharField()
    title = CharField()
    status = IntegerField()
    code = serializers.ChoiceField(choices=tuple(CODES))
    detail = CharField()
    request_id = UUIDField(help_text="Finds the events and the lines of the log.")
    needs = CharField(required=False, help_text="The permission that is missing.")
    errors = FaultSerializer(many=True, required=False)  # type: ignore[assignment]
