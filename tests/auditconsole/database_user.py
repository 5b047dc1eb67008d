"""A process that uses the database of a project: it runs each statement that it reads, and answers with a line.

`python -m tests.auditconsole.database_user <project>`; the answers are JSON: {"rows": ...} or {"error": ...}.
"""

import json
import sys
from pathlib import Path

from django.conf import settings

from auditconsole.database import database

settings.configure(DATABASES={"default": database(Path(sys.argv[1]))})

import django  # noqa: E402
from django.db import Error, connection  # noqa: E402

django.setup()
for statement in sys.stdin:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            answer = {"rows": cursor.fetchall() if cursor.description else []}
    except Error as error:
        connection.close()
        answer = {"error": str(error), "type": type(error).__name__}
    print(json.dumps(answer, default=str), flush=True)  # noqa: T201
