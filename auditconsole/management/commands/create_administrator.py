"""Make the first person who may do everything. After that, people are made in the console."""

import os
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit.activity import System
from roles.models import Role
from users.models import User
from users.services import create_user

PASSWORD_VARIABLE = "ADMINISTRATOR_PASSWORD"  # noqa: S105  (the name of the variable)


class Command(BaseCommand):
    help = (
        "Make the first person with the role Administrator. The password is read from "
        f"{PASSWORD_VARIABLE}, else asked for, or taken from standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the names; never the password: arguments are seen by everybody on the machine."""
        parser.add_argument("username")
        parser.add_argument("name", help="the person's full name, as pages and logs show it")
        parser.add_argument("--email", default="")

    def handle(self, *_: Any, **options: Any) -> None:
        """Make the person, unless somebody there can do it in the console."""
        try:
            with transaction.atomic():
                role = Role.objects.select_for_update().get(builtin=Role.Builtin.ADMINISTRATOR)
                _check_nobody_manages()
                person = create_user(
                    by=System("create_administrator"),
                    username=options["username"],
                    name=options["name"],
                    email=options["email"],
                    password=_password(),
                    role=role,
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"'{person}' may now sign in as {person.username}.")


def _check_nobody_manages() -> None:
    managers = User.objects.people().active().filter(role__manage_infrastructure=True)
    if manager := managers.in_order().first():
        raise CommandError(
            f"'{manager}' ({manager.username}) manages users already: more people are made in the console, "
            "under User management."
        )


def _password() -> str:
    password = os.environ.get(PASSWORD_VARIABLE) or (
        getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    )
    if not password:
        raise CommandError(f"Set {PASSWORD_VARIABLE}, or give the password on standard input.")
    return password
