"""Many who write the record at once, slowly and with rollbacks, and readers who crash: what do the readers miss?"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import Any

import psycopg
from django.db import connection

WRITE = """
    SELECT audit_record('audit.test', 'system', NULL, '', NULL, true, 'succeeded', 'command', gen_random_uuid(), NULL,
                        '{}', '{}', '{}', '{"actor":"System","sentence":"Something happened"}')
"""
# The oldest transaction of this database that still runs: those of other tests on the server would hide the fault.
OWN_BOUND = """
    SELECT coalesce(min(backend_xid::text::bigint), pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
    FROM pg_stat_activity WHERE datname = current_database()
"""
LONGEST_DELAY = 0.008  # seconds between writing and committing
ROLLBACKS = CRASHES = 0.1
PAGE = 50

State = Any  # where a reader is: None at the beginning
Selection = Callable[
    [State], tuple[list[int], State, bool]
]  # events' numbers, where to go on, is there no more now


@dataclass
class Reading:
    """What one reader has kept."""

    name: str
    select: Selection
    seen: Counter[int] = field(default_factory=Counter)

    def missed(self, committed: Iterable[int]) -> int:
        """Return how many of these it has never seen."""
        return len(set(committed) - set(self.seen))

    @property
    def twice(self) -> int:
        """How many it has seen more than once."""
        return sum(1 for times in self.seen.values() if times > 1)


def run(address: str, *, writers: int, events: int, readings: list[Reading]) -> list[int]:
    """Write so many events, while the readings go on; return the numbers of those that were committed."""
    done = Flag()
    with ThreadPoolExecutor(writers + len(readings)) as threads:
        following = [threads.submit(follow, reading, done, seed) for seed, reading in enumerate(readings)]
        writing = [threads.submit(write, address, events // writers, seed) for seed in range(writers)]
        try:
            committed = [number for writer in writing for number in writer.result()]
        finally:
            done.set()
        for reader in following:
            reader.result()
    return committed


def write(address: str, events: int, seed: int) -> list[int]:
    """Write so many events that stay, one to three in a transaction."""
    chance, committed = random.Random(seed), list[int]()  # noqa: S311  (chance, not secrets)
    with psycopg.connect(address) as session:
        while len(committed) < events:
            numbers = [number for _ in range(chance.randint(1, 3)) for (number,) in session.execute(WRITE)]
            time.sleep(chance.random() * LONGEST_DELAY)
            if chance.random() < ROLLBACKS:
                session.rollback()
            else:
                session.commit()
                committed += numbers
    return committed


def follow(reading: Reading, done: Flag, seed: int) -> None:
    """Read until everything is written and nothing more comes. A crash loses the page and what was to be kept of it,
    both at once, as with a reader that keeps events and cursor in one transaction."""
    chance, state = random.Random(seed), None  # noqa: S311  (chance, not secrets)
    try:
        while True:
            was_done = done.is_set()
            numbers, after, is_complete = reading.select(state)
            if chance.random() < CRASHES:
                continue
            reading.seen.update(numbers)
            state = after
            if was_done and is_complete and not numbers:
                return
    finally:
        connection.close()


def by_number(state: State) -> tuple[list[int], State, bool]:
    """The selection that everybody writes first, and that steps over what commits late."""
    sql = "SELECT id FROM audit_event WHERE id > %s ORDER BY id LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [state or 0, PAGE])
        numbers = [number for (number,) in cursor.fetchall()]
    return numbers, numbers[-1] if numbers else state, len(numbers) < PAGE


def bound_read_late(state: State) -> tuple[list[int], State, bool]:
    """The feed's own selection, but for the bound: read after the rows, it covers what committed in between."""
    xid, number = state or (0, 0)
    sql = "SELECT xid::text::bigint, id FROM audit_event WHERE (xid, id) > (%s::xid8, %s) ORDER BY xid, id LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(xid), number, PAGE])
        rows = cursor.fetchall()
        time.sleep(0.002)  # no longer than a busy machine takes by itself, now and then
        cursor.execute(OWN_BOUND)
        (bound,) = cursor.fetchone() or (0,)
    kept = [row for row in rows if row[0] < bound]
    return [row[1] for row in kept], kept[-1] if kept else state, len(rows) < PAGE and len(kept) == len(rows)
