"""Processes that change roles for ever, one step after the other, until somebody kills them.

`python -m tests.audit.changer`, with DATABASE_URL set. It writes a line when it is ready. For each line that it reads
it begins another of these processes, writes that one's id, and waits for its end: Django is loaded once for all.
"""

import os
import sys
from itertools import count

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auditconsole.settings")
django.setup()

from audit.activity import System  # noqa: E402
from roles.models import Role  # noqa: E402
from tests.audit.things import changed  # noqa: E402


def change_for_ever() -> None:
    for number in count():
        for role in Role.objects.filter(name__startswith="Tester"):
            with changed(role, by=System("changer")):
                role.description = str(number)
                role.save()


print("ready", flush=True)  # noqa: T201
for _ in sys.stdin:
    if not (process := os.fork()):
        change_for_ever()
    print(process, flush=True)  # noqa: T201
    os.waitpid(process, 0)
