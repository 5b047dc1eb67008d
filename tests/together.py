"""Several people at the same moment: each step in a thread and on a connection of its own. For `committed_db`."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def together(*steps: Callable[[], Any]) -> list[Any]:
    """Start all steps at once; return what each returned, or the exception that it raised."""
    start = Barrier(len(steps))

    def run(step: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=30)
            return step()
        except Exception as error:  # what went wrong is what the test asks for
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as threads:
        return list(threads.map(run, steps))
