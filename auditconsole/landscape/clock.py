"""A year in a minute: what the demo does now is set back to when it is said to have happened.

Only here, and only by a login that owns the tables: the triggers that guard the record and the landscape are put aside
for one transaction. A login that does not own them gets PostgreSQL's refusal, and the demo is not built.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from datetime import datetime, timedelta

from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone

from audit.activity import Channel, Origin, originating
from audit.models import Event

CLICK = timedelta(milliseconds=37)  # between the events of one click
GUARDS = ("audit_append_only", "audit_witness_rows", "audit_witness_columns")


@dataclass(frozen=True)
class Act:
    """Something done in the demo: between which events and instants it really happened, and when it is said to have."""

    after_event: int
    last_event: int
    began: datetime
    ended: datetime
    moment: datetime
    pace: timedelta


@dataclass
class Clock:
    """The demo's time. Acts must come in the order in which they are said to have happened."""

    acts: list[Act] = field(default_factory=list)

    @contextmanager
    def at(
        self,
        moment: datetime,
        *,
        channel: Channel = "browser",
        ip: str = "",
        agent: str = "",
        pace: timedelta = CLICK,
    ) -> Iterator[None]:
        """Say that what is done inside the block happened at `moment`, one event each `pace`."""
        began = timezone.now()
        # nothing is done between two acts
        after = self.acts[-1].last_event if self.acts else self._last_event()
        with originating(Origin(channel=channel, ip=ip, user_agent=agent)):
            yield
        self.acts.append(Act(after, self._last_event(), began, timezone.now(), moment, pace))

    def _last_event(self) -> int:
        last: int | None = Event.objects.order_by("-id").values_list("id", flat=True).first()
        return last or 0

    @transaction.atomic
    def set_back(self) -> None:
        """Give the events and the landscape's own times the moments they were said to have."""
        tables = _times()
        guards = _guards([*tables, "audit_event", "audit_subject"])
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE act (after_event bigint, last_event bigint,"
                " began timestamptz, ended timestamptz, moment timestamptz, pace interval) ON COMMIT DROP"
            )
            cursor.executemany(
                "INSERT INTO act VALUES (%s, %s, %s, %s, %s, %s)", [astuple(act) for act in self.acts]
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table, guard in guards:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{guard}"')
            cursor.execute(
                "UPDATE audit_event SET at = act.moment + act.pace * (id - act.after_event - 1) FROM act"
                " WHERE id > act.after_event AND id <= act.last_event"
            )
            cursor.execute("UPDATE audit_subject s SET at = e.at FROM audit_event e WHERE e.id = s.event_id")
            for table, columns in tables.items():
                for column in columns:
                    cursor.execute(
                        f'UPDATE "{table}" SET "{column}" = act.moment FROM act'  # noqa: S608  (names of our models)
                        f' WHERE "{column}" BETWEEN act.began AND act.ended'
                    )
                    cursor.execute(  # what was there before the first act (the built-ins) was there from the start
                        f'UPDATE "{table}" SET "{column}" = %s WHERE "{column}" BETWEEN %s AND %s',  # noqa: S608
                        [self.acts[0].moment, self.acts[0].began - timedelta(hours=1), self.acts[0].began],
                    )
            for table, guard in guards:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{guard}"')


def _times() -> dict[str, list[str]]:
    """Return, by table of the landscape, the columns that hold instants."""
    found: dict[str, list[str]] = {}
    for model in apps.get_models():
        if model._meta.app_label in {"auth", "contenttypes", "sessions", "audit"}:
            continue
        columns = [str(f.column) for f in model._meta.concrete_fields if isinstance(f, models.DateTimeField)]
        if columns:
            found[model._meta.db_table] = columns
    return found


def _guards(tables: list[str]) -> list[tuple[str, str]]:
    """Return (table, trigger) for the guards that stand on these tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
            " WHERE tgrelid::regclass::text = ANY(%s) AND tgname = ANY(%s)",
            [tables, list(GUARDS)],
        )
        return [(str(table), str(name)) for table, name in cursor.fetchall()]
