"""`make demo`: database, landscape, web server and worker in one go, until Ctrl-C."""

import os
import signal
import socket
import time
from contextlib import suppress
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from auditconsole.database.backend.base import embedded
from auditconsole.management.children import Child, wait
from auditconsole.management.demo_landscape import DemoLandscape

HOST = "127.0.0.1"
HOSTS = f"localhost,{HOST}"
START = 60  # seconds for the web server to answer
SHUTDOWN = 30  # seconds for the embedded database to stop
PAUSE = 1.0  # seconds between two starts of a worker that ends


class Command(BaseCommand):
    """Run the demo until it is interrupted."""

    help = "Bring the console up with a demo landscape: database, web server and worker, until Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Start everything, say how to get in, watch it, and stop everything in whatever way this ends."""
        # the first is ignored where a script started us with &
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        port = free_port()
        children: list[Child] = []
        try:
            landscape = DemoLandscape()
            landscape.forget_unfinished()
            call_command("migrate", verbosity=0)
            sign_ins = landscape.sign_ins()
            connection.close()
            self.collect_static(children)
            self.run(port, sign_ins, children)
        except KeyboardInterrupt:
            self.say("\nStopping.")
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave anything behind
            self.stop(children)

    def collect_static(self, children: list[Child]) -> None:
        """Put the files of the pages where a web server without DEBUG looks for them."""
        child = start(
            "collecting of static files", "manage.py", "collectstatic", "--noinput", "--verbosity", "0"
        )
        children.append(child)
        if not wait(lambda: child.ended is not None, START) or child.ended:
            raise CommandError("The static files could not be collected; the reason is above.")
        children.remove(child)

    def run(self, port: int, sign_ins: str, children: list[Child]) -> None:
        web = start_web(port)
        children.append(web)
        children.append(start_worker())
        url = f"http://{HOST}:{port}/"
        if not wait(lambda: web.ended is not None or answers(url), START) or web.ended is not None:
            raise CommandError(f"The web server did not start (exit code {web.ended}); its output is above.")
        self.say(f"\nThe console runs at {url}\n\n{sign_ins}\nCtrl-C stops everything.")
        self.watch(web, children)

    def watch(self, web: Child, children: list[Child]) -> None:
        """Stay until the web server ends. A worker that ends is started again."""
        while web.ended is None:
            if (worker := children[-1]).ended is not None:
                self.say(f"The worker ended (exit code {worker.ended}); starting another.")
                time.sleep(PAUSE)
                children[-1] = start_worker()
            time.sleep(0.2)
        raise CommandError(f"The web server ended (exit code {web.ended}); its output is above.")

    def stop(self, children: list[Child]) -> None:
        for child in reversed(children):
            child.stop()
        connection.close()
        folder = connection.settings_dict.get("EMBEDDED")
        if folder and not embedded(folder).leave(SHUTDOWN):
            self.say("The embedded database goes on, because another process uses it.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        with suppress(BrokenPipeError):
            self.stdout.flush()


def free_port() -> int:
    """Return the port from PORT, or say that it cannot be had."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise CommandError(
            f"PORT is {text!r}; set it to a number between 1 and 65535, as in: PORT=8001 make demo"
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except OSError as error:
            raise CommandError(
                f"Port {text} cannot be used ({error.strerror}). Stop the program that has it, "
                f"or choose another: PORT={int(text) % 65535 + 1} make demo"
            ) from None
    return int(text)


def start_web(port: int) -> Child:
    options = ["--bind", f"{HOST}:{port}", "--workers", "2", "--threads", "4", "--log-level", "warning"]
    return start("web server", "-m", "gunicorn", "auditconsole.wsgi", "--no-control-socket", *options)


def start_worker() -> Child:
    return start("worker", "manage.py", "worker")


def start(name: str, *arguments: str) -> Child:
    """Start a process as in production, but for HTTPS: with DEBUG Django would answer errors with pages of its own,
    which show the site from inside. What is set in the environment counts more."""
    production = {"DEBUG": "0", "SECURE": "0", "SECRET_KEY": settings.SECRET_KEY, "ALLOWED_HOSTS": HOSTS}
    shown = {**production, "DEMO": "1"}
    return Child(name, arguments, settings.BASE_DIR, {**shown, **os.environ, "PYTHONUNBUFFERED": "1"})


def answers(url: str) -> bool:
    """Whether the web server answers; what it answers is for people to see."""
    try:
        with urlopen(url, timeout=5):  # noqa: S310  (our own address)
            return True
    except HTTPError as response:
        response.close()
        return True
    except (URLError, ConnectionError, TimeoutError):
        return False
