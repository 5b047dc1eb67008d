"""`manage.py worker`: carries out deployment plans until it is told to stop."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from deployments.worker import Worker


class Command(BaseCommand):
    """Several workers may run at once: each plan is carried out by one of them."""

    help = "Carry out deployment plans until stopped (SIGTERM or Ctrl-C: the application at hand is finished first)."
    requires_migrations_checks = True

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  (the shape of BaseCommand)
        """Run a worker."""
        worker = Worker()
        for request in (signal.SIGTERM, signal.SIGINT):
            signal.signal(request, lambda *_: worker.stop())
        self.stdout.write("Worker ready.")
        worker.run()
        self.stdout.write("Worker stopped.")
