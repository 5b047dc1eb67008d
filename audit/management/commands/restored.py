"""`manage.py restored`: after a dump was restored into another server, go on counting above the old server's numbers.

The feed reads in the order of transaction numbers, and those are the server's own: a new one begins near zero. What is
written under numbers below those that its readers have passed, they would never see.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from audit.activities import restored
from audit.activity import System
from audit.models import Event

# The old server went on after the dump, and readers may have followed it: a day of a hundred transactions a second.
MARGIN = 10_000_000
BATCH = 1_000_000  # numbers used up in one message, some five seconds
# Each is a transaction of its own that does nothing. It needs no right that the console does not have, and no restart.
_USE_UP = """
    DO $$ BEGIN FOR i IN 1 .. {} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$
"""
_NEXT = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


class Command(BaseCommand):
    help = (
        "After restoring a dump into another database server: raise its transaction numbers above those of the old "
        "one, so that cursors of the record's feed go on without a gap. Run it before anybody writes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the old server's last number, where somebody knows it."""
        parser.add_argument(
            "--above",
            type=int,
            help="the old server's last transaction number (there: SELECT pg_current_xact_id()); "
            f"without it, {MARGIN:,} above the newest event",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Raise the numbers, and put that on record."""
        newest = Event.objects.order_by("-xid", "-id").first()
        if newest is None:
            raise CommandError("The record is empty: restore the dump first.")
        begin, last = _next(), options["above"] or int(newest.xid) + MARGIN
        if last < int(newest.xid):
            raise CommandError(f"The newest event has number {newest.xid} already: --above must be higher.")
        late = Event.objects.filter(id__gt=newest.id).count() if begin <= int(newest.xid) else 0
        while (number := _next()) <= last:
            self.stdout.write(f"Transaction number {number:,} of {last:,}")
            _use_up(min(BATCH, last + 1 - number))
        with connection.cursor() as cursor:
            # a dump brings no statistics, without which some questions take 20 times as long
            cursor.execute("ANALYZE")
        restored.record(None, by=System("restored"), old=begin, new=number)
        self.stdout.write(f"The next transaction has number {number:,}. The console may be started.")
        if late:
            self.stderr.write(
                f"Events written since the restore, before this: {late:,}, from number {newest.id + 1} on. "
                "Readers of the feed that had passed them will not get them."
            )


def _next() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        (number,) = cursor.fetchone() or (0,)
    return int(number)


def _use_up(numbers: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")  # nothing is written that could be lost
        cursor.execute(_USE_UP.format(numbers))
        cursor.execute("RESET synchronous_commit")
