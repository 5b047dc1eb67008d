"""Where the database is: DATABASE_URL, or an embedded server that keeps its data in `<project>/.postgres/`.

Reading the settings opens nothing and starts nothing, so that type checking, `collectstatic` and the like need no
server. The embedded one starts when somebody first connects (`backend`), lives in a process of its own (`keeper`)
for as long as any process uses it (`embedded`), and its programs come from one wheel (`wheel`).
"""

import os
from pathlib import Path
from typing import Any

from auditconsole.database.address import parse
from auditconsole.database.embedded import Embedded

BACKEND = "auditconsole.database.backend"


def database(project: Path) -> dict[str, Any]:
    """Return Django's settings of the one database."""
    url = os.environ.get("DATABASE_URL")
    where = parse(url) if url else Embedded(project / ".postgres").settings()
    # The health check, a look at the socket (backend.is_usable), spares a request the error page after a restart.
    return {**where, "ENGINE": BACKEND, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
