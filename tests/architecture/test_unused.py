"""Nothing lies about that nothing uses: templates, styles, addresses, permissions."""

import re
from uuid import uuid4

from audit.activity import activities
from audit.activity.permissions import _words
from tests.addresses import addresses
from tests.architecture.sources import PACKAGES, PROJECT, files

# Found by Django under their names, or by its forms.
FOUND_BY_NAME = {
    *("400.html", "403.html", "404.html", "405.html", "409.html", "413.html"),
    *("429.html", "500.html"),
}
# Classes that Django's forms write, or a template puts together.
WRITTEN_ELSEWHERE = {"errorlist", "nonfield"}

TEMPLATES = {
    str(path.relative_to(PROJECT / "templates")): path.read_text()
    for path in sorted((PROJECT / "templates").rglob("*.html"))
}
CODE = {str(path.relative_to(PROJECT)): path.read_text() for path in files(*PACKAGES)}
EVERYTHING = "\n".join([*TEMPLATES.values(), *CODE.values()])
PAGES = EVERYTHING.replace(TEMPLATES["design_system.html"], "")  # which shows what others use


def is_named(word: str) -> bool:
    """Say whether the word stands by itself in the template of a page or in the code."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", PAGES) is not None


def test_every_template_is_shown() -> None:
    others = {name: EVERYTHING.replace(text, "") for name, text in TEMPLATES.items()}
    unused = {name for name, rest in others.items() if f'"{name}"' not in rest}
    assert {name for name in unused if not name.startswith("django/")} == FOUND_BY_NAME


def test_every_template_that_is_named_is_there() -> None:
    named = set(re.findall(r'(?:include|extends) "([\w/]+\.html)"', EVERYTHING))
    named |= set(re.findall(r'template_name = "([\w/]+\.html)"', EVERYTHING))
    assert named - set(TEMPLATES) == set()


def test_every_style_is_worn() -> None:
    style = (PROJECT / "static" / "console.css").read_text()
    classes = set(re.findall(r"\.([a-zA-Z][\w-]*)", style)) - WRITTEN_ELSEWHERE
    assert {name for name in classes if not is_named(name)} == set()
    variables = set(re.findall(r"(--[\w-]+)\s*:", style))
    assert {name for name in variables if f"var({name}" not in style} == set()


def test_every_address_is_led_to() -> None:
    names = {address.name for address in addresses([uuid4(), 1, "role", "x"]) if address.name}
    assert {name for name in names if f'"{name}"' not in EVERYTHING} == set()


def test_every_permission_is_asked() -> None:
    required = {activity.requires for activity in activities().values()}
    asked = {name for name in _words if EVERYTHING.count(f'"{name}"') > 1}  # once is its declaration
    assert set(_words) - required - asked == set()
