"""`make lighthouse`: Lighthouse's scores of the demo's ten main pages, as a signed-in person has them.

Ends with 1 if a score is below the goal. Needs Node.js with npm, which installs Lighthouse into .lighthouse/ once.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from playwright.sync_api import sync_playwright  # noqa: E402

from tests.browser.demonstration import PASSWORD, addresses, demonstration, launched  # noqa: E402
from tests.browser.visitor import Visitor  # noqa: E402

GOAL = 95
CATEGORIES = ("performance", "accessibility", "best-practices")
PAGES = (
    "applications",
    "application",
    "plans",
    "plan",
    "users",
    "user",
    "roles",
    "role",
    "infrastructure",
    "audit-logs",
)
TOOL = PROJECT / ".lighthouse"
VERSION = "12"


def main() -> None:
    program = installed()
    with demonstration() as url:
        with sync_playwright() as playwright:
            browser = launched(playwright)
            visitor = Visitor(browser, url)
            visitor.sign_in("ingrid.holm", PASSWORD)
            pages = addresses(visitor)
            cookies = "; ".join(f"{c.get('name')}={c.get('value')}" for c in visitor.context.cookies())
            browser.close()
        sys.stdout.write(f"{'page':<20}" + "".join(f"{name:>16}" for name in CATEGORIES) + "\n")
        lowest = GOAL
        for name in PAGES:
            scores = examined(program, url + pages[name], cookies)
            sys.stdout.write(f"{name:<20}" + "".join(f"{score:>16}" for score in scores) + "\n")
            sys.stdout.flush()
            lowest = min(lowest, *scores)
    sys.exit(lowest < GOAL)


def installed() -> Path:
    """Return Lighthouse's program, installed if it is not there yet."""
    program = TOOL / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("Lighthouse needs Node.js with npm (on Debian: apt-get install npm).")
        TOOL.mkdir(exist_ok=True)
        subprocess.run(
            [npm, "install", "--silent", "--prefix", str(TOOL), f"lighthouse@{VERSION}"], check=True
        )
    return program


def examined(program: Path, url: str, cookies: str) -> list[int]:
    """Return the page's scores from 0 to 100."""
    done = subprocess.run(
        [
            str(program),
            url,
            "--quiet",
            "--output=json",
            f"--only-categories={','.join(CATEGORIES)}",
            f"--extra-headers={json.dumps({'Cookie': cookies})}",
            "--chrome-flags=--headless --no-sandbox --disable-gpu",
        ],
        env={**os.environ, "CHROME_PATH": os.environ.get("CHROMIUM", "/usr/bin/chromium")},
        stdout=subprocess.PIPE,
        check=True,
    )
    categories = json.loads(done.stdout)["categories"]
    return [round(100 * categories[name]["score"]) for name in CATEGORIES]


if __name__ == "__main__":
    main()
