#!/usr/bin/env python3
"""Django's command line for this project."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from auditconsole.database.failures import DatabaseUnusable


def main() -> None:
    """Run the command. What a person can put right is said in a sentence, without a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auditconsole.settings")
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, DatabaseUnusable) as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
