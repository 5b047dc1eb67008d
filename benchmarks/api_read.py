"""A page of 100 events over the record's API, beside the limit (the same rows by bare psycopg, dumped by orjson) and
beside a plain list of Django REST framework, in alternating rounds in one process on one database.

What is in each:

- the limit: one kept connection in autocommit, one statement for the columns that the API reads, `details` parsed, all
  of it dumped at once. No HTTP, no framework, nobody asked for a token or a permission.
- API and list: called as the web server calls them, through every middleware, over Django's kept connection, with the
  same token, which is looked up for each call by the statement that takes from the caller's allowance as well.
- the API besides: asks for the permission, has the reading on record once a visit, signs the link to the next page, and
  reshapes `details` (subjects and changes as objects).
- the list: what one writes first, a ModelSerializer of all fields, CursorPagination and JSONRenderer of Django REST
  framework. `details` goes through as one JSON field: with a nested serializer for subjects and changes, as the API
  answers, it would be slower still, and nobody's doing but ours.

The page is the newest one, without filters. Pages under filters are put together by the ORM and cost more.
"""

import argparse
import io
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from write_overhead import connection, database, django

PAGE = 100
EVENTS = """
    INSERT INTO audit_event (at, activity, actor_kind, actor_key, entity_kind, entity_key, is_update, outcome, channel,
                             request_id, changed_fields, details)
    SELECT now() - (%(events)s - n) * interval '1 minute', 'roles.role.updated', 'person', gen_random_uuid(), 'role',
           gen_random_uuid(), true, 'succeeded', 'browser', gen_random_uuid(), '{name,description}',
           %(details)s FROM generate_series(1, %(events)s) AS n
"""
LIMIT = """
    SELECT id, at, activity, actor_kind, actor_key, entity_kind, entity_key, is_update, outcome, channel, request_id,
           token_key, changed_fields, details FROM audit_event ORDER BY at DESC, id DESC LIMIT %s
"""


def main() -> None:
    """Fill a database, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--pages", type=int, default=10, help="per contender and round")
    options = parser.parse_args()
    django.setup()
    with database("benchmark_read") as (url, where):
        connection.close()
        connection.settings_dict.update(NAME=where["NAME"], CONN_MAX_AGE=None)
        measure(fill(options.events, url), options.rounds, options.pages)
        connection.close()


def fill(events: int, url: str) -> dict[str, Callable[[], int]]:
    """Migrate and fill the database in use; return the contenders: each answers with a page and tells its size."""
    from django.conf import settings
    from django.core.management import call_command

    from audit.api.shapes import EVENT_EXAMPLE
    from tests.record.caller import reader
    from tests.record.test_feed import PLENTY

    call_command("migrate", verbosity=0)
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT, settings.API_LIMITS = ["*"], False, PLENTY
    example: dict[str, Any] = EVENT_EXAMPLE
    subjects = [list(one.values()) for one in example["subjects"]]
    changes = {"Role": ["Developer", "Administrator"], "Name": ["A", "B"]}
    details = {
        "actor": "Ingrid Holm",
        "sentence": example["sentence"],
        "subjects": subjects,
        "changes": changes,
    }
    details |= {
        "links": example["links"],
        "ip": "192.0.2.17",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
    }
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, {"events": events, "details": json.dumps(details)})
    token = reader().token
    connection.close()  # VACUUM stands outside of any transaction, and so does what follows
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {
        "the limit": limit(url),
        "the record's API": api(token or ""),
        "plain list of DRF": plain(token or ""),
    }


def limit(url: str) -> Callable[[], int]:
    """The rows and nothing else."""
    import orjson
    import psycopg
    from psycopg.rows import dict_row

    session = psycopg.connect(url, autocommit=True, row_factory=dict_row)  # type: ignore[arg-type]

    def page() -> int:
        rows = session.execute(LIMIT, [PAGE]).fetchall()
        for row in rows:
            row["details"] = orjson.loads(row["details"])
        return len(orjson.dumps(rows))

    return page


def api(token: str) -> Callable[[], int]:
    """The API as the web server calls it."""
    from auditconsole.wsgi import application

    return served(application, f"/api/v1/events?limit={PAGE}", {"HTTP_AUTHORIZATION": f"Bearer {token}"})


def plain(token: str) -> Callable[[], int]:
    """The list that one writes first."""
    from django.urls import path
    from rest_framework import generics, pagination, serializers

    from audit.models import Event
    from auditconsole import urls
    from auditconsole.wsgi import application
    from users.record_access import RecordToken

    class EventSerializer(serializers.ModelSerializer[Event]):
        details = serializers.JSONField(source="body")

        class Meta:
            model = Event
            exclude = ("salt", "xid")

    class Pages(pagination.CursorPagination):
        page_size, ordering = PAGE, ("-at", "-id")

    class Events(generics.ListAPIView[Event]):
        authentication_classes, permission_classes = [RecordToken], []
        queryset, serializer_class, pagination_class = Event.objects.all(), EventSerializer, Pages

        def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Any:
            made: Any = super().initialize_request(request, *args, **kwargs)
            made.bucket = "read"
            return made

    urls.urlpatterns.insert(0, path("plain", Events.as_view()))
    return served(application, "/plain", {"HTTP_AUTHORIZATION": f"Bearer {token}"})


def served(application: Any, address: str, headers: dict[str, str]) -> Callable[[], int]:
    """Return the calling of a WSGI application, as a web server calls it."""
    path, _, query = address.partition("?")
    status: list[str] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "localhost"}
    environ |= {"SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", **headers}

    def page() -> int:
        call = {
            **environ,
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
        }
        answer = application(call, lambda said, _: status.append(said))
        size = sum(len(piece) for piece in answer)
        answer.close()
        assert status.pop().startswith("200")
        return size

    return page


def measure(contenders: dict[str, Callable[[], int]], rounds: int, pages: int) -> None:
    """Let them take turns, and print the table."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, page in contenders.items():
            for _ in range(pages):
                begun = time.perf_counter()
                page()
                if number:  # the first round warms up
                    times[name].append((time.perf_counter() - begun) * 1e3)
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    print(
        f"{f'a page of {PAGE} events':<22}{'bytes':>8}{'median ms':>11}{'p95 ms':>8}{'pages/s':>9}{'of the limit':>14}"
    )
    for name, page in contenders.items():
        high, ratio = statistics.quantiles(times[name], n=20)[-1], middle[name] / middle["the limit"]
        row = f"{page():>8}{middle[name]:>11.2f}{high:>8.2f}{1e3 / middle[name]:>9.0f}{ratio:>13.2f}x"
        print(f"{name:<22}{row}")
    faster = middle["plain list of DRF"] / middle["the record's API"]
    print(f"the API has {faster:.2f} times the throughput of the plain list")


if __name__ == "__main__":
    main()
