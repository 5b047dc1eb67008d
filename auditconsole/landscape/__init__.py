"""The demo landscape: made through the services, the same every time, with a year of history behind it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import connection
from django.utils import timezone

from auditconsole.landscape import acts, cast
from auditconsole.landscape.clock import Clock
from auditconsole.landscape.foundation import lay
from auditconsole.landscape.outside import change_directly
from auditconsole.landscape.year import live

SEED = 2026
DAYS = 365


@dataclass(frozen=True)
class Landscape:
    """How to get into the demo: (username, password, what they may do), and a service account's token."""

    sign_ins: list[tuple[str, str, str]]
    token: str


def build(now: datetime | None = None) -> Landscape:
    """Build the demo in an empty database, with the year before `now` as its history. Takes under a minute."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")  # a demo that is cut off is begun anew
    now = now or timezone.now()
    first_day = (now - timedelta(days=DAYS)).replace(hour=9, minute=0, second=0, microsecond=0)
    clock = Clock()
    scene = lay(clock, first_day)
    live(scene, first_day + timedelta(days=7), DAYS - 8, Random(SEED))  # noqa: S311  (dice, not secrets)
    with clock.at(now - timedelta(hours=3), ip=scene.desk(scene.chief)):
        acts.rotate_tokens(scene, scene.chief)
    with clock.at(now - timedelta(hours=2)):
        change_directly(scene.teams["Logistics"])
    clock.set_back()
    sign_ins = [(username, cast.PASSWORD, what) for username, what in cast.SIGN_INS]
    return Landscape(sign_ins, scene.token)
