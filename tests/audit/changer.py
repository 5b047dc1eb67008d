"""A process that changes roles for ever, one step after the other, until somebody kills it.

`python -m tests.audit.changer`, with DATABASE_URL set. It writes a line when it begins.
"""

import os
from itertools import count

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auditconsole.settings")
django.setup()

from audit.activity import System  # noqa: E402
from roles.models import Role  # noqa: E402
from tests.audit.things import changed  # noqa: E402

print("ready", flush=True)  # noqa: T201
for number in count():
    for role in Role.objects.filter(name__startswith="Tester"):
        with changed(role, by=System("changer")):
            role.description = str(number)
            role.save()
