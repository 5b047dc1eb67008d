"""One contender, in a process of its own: its name in CONTENDER, where its database is in CONNECTION (JSON).

It makes its tables, prints its statements, and then, for every number it reads, does that many recorded changes and
prints how long each took, in microseconds.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

NAME = os.environ["CONTENDER"]
OURS, BY_A_PERSON = "auditconsole", "auditconsole, by a person"
BASE = ["django.contrib.contenttypes", "django.contrib.auth"]
APPS = {
    "bare save()": [],
    "django-auditlog": ["auditlog"],
    "django-simple-history": ["simple_history"],
    "django-pghistory with context": ["pgtrigger", "pghistory"],
    "django-easy-audit": ["django.contrib.sessions", "easyaudit"],
}


def prepare() -> tuple[Any, Callable[[], AbstractContextManager[Any]]]:
    """Make the tables; return the thing to change, and the block around one recorded change."""
    return ours() if NAME in {OURS, BY_A_PERSON} else theirs()


def ours() -> tuple[Any, Callable[[], AbstractContextManager[Any]]]:
    """The console itself: its real model with the witness, a step by a System actor or by a person, whose permission
    is asked."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    os.environ["DJANGO_SETTINGS_MODULE"] = "auditconsole.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from audit.activity import Activity, System
    from roles.activities import ROLE
    from roles.models import Role
    from users.models import User

    changed = Activity(ROLE, "benchmarked", "Role '{entity}' benchmarked.", requires="roles.manage")
    by: Any = System("benchmark")
    if NAME == BY_A_PERSON:
        administrator = Role.objects.get(builtin=Role.Builtin.ADMINISTRATOR)
        User.objects.create(username="ingrid.holm", name="Ingrid Holm", role=administrator)
        by = User.objects.select_related("role").get(username="ingrid.holm")
    role = Role.objects.create(name="Benchmark")

    def step() -> AbstractContextManager[Any]:
        if NAME == BY_A_PERSON:
            by.read_at = time.monotonic()  # as a request reads whom it comes from, whatever it does then
        return changed(role, by=by)

    return role, step


def theirs() -> tuple[Any, Callable[[], AbstractContextManager[Any]]]:
    """A plain Django project with the library, or with none."""
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={
            "default": {"ENGINE": "django.db.backends.postgresql", **json.loads(os.environ["CONNECTION"])}
        },
        INSTALLED_APPS=[*BASE, *APPS[NAME], "things"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SECRET_KEY="benchmark",
        USE_TZ=True,
    )
    django.setup()
    from django.apps import apps
    from django.core.management import call_command
    from django.db import connection, transaction

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        for model in apps.get_app_config("things").get_models():
            editor.create_model(model)
    thing = apps.get_model("things", "Thing").objects.create(name="Benchmark")
    if NAME != "django-pghistory with context":
        return thing, transaction.atomic
    import pghistory
    import pgtrigger

    pgtrigger.install()
    key = str(thing.pk)

    class InContext:
        """As its middleware does it: a context for the request, and the transaction inside."""

        def __enter__(self) -> None:
            self.context, self.atomic = pghistory.context(user=key, url="/things/"), transaction.atomic()
            self.context.__enter__()
            self.atomic.__enter__()

        def __exit__(self, *error: Any) -> None:
            self.atomic.__exit__(*error)
            self.context.__exit__(*error)

    return thing, InContext


def main() -> None:
    thing, recorded = prepare()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def change(value: str) -> None:
        with recorded():
            thing.description = value
            if NAME not in {OURS, BY_A_PERSON}:  # a step writes what was assigned when its block ends
                thing.save()

    change("warm")
    with CaptureQueriesContext(connection) as queries:
        change("counted")
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        synchronous = cursor.fetchone()[0]
    print(
        json.dumps({"statements": len(queries), "events": events(thing), "synchronous_commit": synchronous}),
        flush=True,
    )
    number = 0
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            number += 1
            begin = time.perf_counter()
            change(f"value {number}")
            times.append((time.perf_counter() - begin) * 1e6)
        print(json.dumps(times), flush=True)


def events(thing: Any) -> int:
    """How many of the two changes are on record."""
    from django.apps import apps

    tables = {
        **dict.fromkeys(
            (OURS, BY_A_PERSON),
            lambda: apps.get_model("audit", "Event").objects.filter(activity="roles.role.benchmarked"),
        ),
        "django-auditlog": lambda: apps.get_model("auditlog", "LogEntry").objects.filter(action=1),
        "django-simple-history": lambda: thing.history.filter(history_type="~"),
        "django-pghistory with context": lambda: apps.get_model("things", "ThingEvent").objects.exclude(
            pgh_context=None
        ),
        "django-easy-audit": lambda: apps.get_model("easyaudit", "CRUDEvent").objects.filter(event_type=2),
    }
    return tables[NAME]().count() if NAME in tables else 0


if __name__ == "__main__":
    main()
