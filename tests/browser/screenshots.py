"""`make screenshots`: every main page of the demo as each kind of person sees it: wide, on a phone, in the dark."""

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser.demonstration import PASSWORD, addresses, demonstration, launched
from tests.browser.visitor import Visitor

PEOPLE = ("ingrid.holm", "andrea.fleet", "jun.sato", "nadia.haddad")
WIDE: Any = {"width": 1440, "height": 900}
PHONE: Any = {"width": 360, "height": 740}


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    with demonstration() as url, sync_playwright() as playwright:
        browser = launched(playwright)
        stranger = Visitor(browser, url)
        take(stranger, folder / "nobody", {"sign-in": "/sign-in/"})
        for username in PEOPLE:
            visitor = Visitor(browser, url)
            visitor.sign_in(username, PASSWORD)
            take(visitor, folder / username, addresses(visitor))
            visitor.context.close()
        browser.close()
    sys.stdout.write(f"The pictures are in {folder.resolve()}.\n")


def take(visitor: Visitor, folder: Path, pages: dict[str, str]) -> None:
    """Take three pictures of every page."""
    folder.mkdir(parents=True, exist_ok=True)
    page = visitor.page
    for name, path in pages.items():
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(WIDE)
        visitor.open(path)
        page.screenshot(path=folder / f"{name}.png", full_page=True)
        page.emulate_media(color_scheme="dark")
        page.screenshot(path=folder / f"{name}-dark.png", full_page=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(PHONE)
        page.screenshot(path=folder / f"{name}-phone.png", full_page=True)


if __name__ == "__main__":
    main()
