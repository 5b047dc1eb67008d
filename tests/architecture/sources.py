"""The project's own Python files, read as text and as syntax trees."""

import ast
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DOMAIN = ("infrastructure", "roles", "users", "teams", "applications", "deployments")  # lowest layer first
PACKAGES = ("audit", *DOMAIN, "auditconsole")


def files(*folders: str) -> list[Path]:
    """Every Python file below the folders of the project, migrations left out."""
    found = [path for folder in folders for path in sorted((PROJECT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def name(path: Path) -> str:
    """The file's name as a list of exceptions gives it: users/tokens.py."""
    return str(path.relative_to(PROJECT))


@cache
def tree(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(), str(path))


def calls(path: Path) -> list[ast.Call]:
    """Every call in the file."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function in the file."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
