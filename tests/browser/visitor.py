"""Somebody at a browser, and what their browser complained of meanwhile."""

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

from tests.live import PASSWORD

WIDE = {"width": 1320, "height": 900}
PATIENCE = 30_000  # milliseconds; the machine may be busy with other tests
expect.set_options(timeout=PATIENCE)


class Visitor:
    """A person's browser with one page open; nobody is signed in yet."""

    def __init__(
        self, browser: Browser, site: str, *, javascript: bool = True, examines: bool = False
    ) -> None:
        self.site = site
        self.has_javascript = javascript
        self.context = browser.new_context(
            base_url=site,
            java_script_enabled=javascript,
            bypass_csp=examines,  # who examines a page puts styles and scripts into it, which its policy refuses
            viewport=WIDE,  # type: ignore[arg-type]
            timezone_id="UTC",
        )
        self.context.set_default_timeout(PATIENCE)
        self.requested: list[str] = []
        self.complaints: list[str] = []
        self.context.on("request", lambda request: self.requested.append(request.url))
        self.context.on("weberror", lambda problem: self.complaints.append(str(problem.error)))
        self.context.on("console", self._listen)
        self.page: Page = self.context.new_page()

    def _listen(self, message: ConsoleMessage) -> None:
        refused_page = "the server responded with a status of 4" in message.text
        if message.type in {"error", "warning"} and not refused_page:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        """Sign in at the page that everybody starts from."""
        self.page.goto("/")
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("navigation", name="Areas").wait_for()

    def enter(self, session: str) -> None:
        """Come with a session that has begun already, to the page that everybody starts from."""
        self.context.add_cookies([{"name": "session", "value": session, "url": self.site}])
        self.page.goto("/")

    def open(self, address: str) -> Response:
        """Go to an address as if it had been typed."""
        response = self.page.goto(address)
        assert response is not None
        return response

    def follow(self, *names: str) -> None:
        """Click links, one page after the other."""
        for name in names:
            self.page.get_by_role("link", name=name, exact=True).first.click()

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def choose(self, label: str, option: str) -> None:
        """Choose from a list, by the words that stand there."""
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def write(self, label: str, text: str) -> None:
        """Fill a field."""
        self.page.get_by_label(label, exact=True).fill(text)

    def row(self, name: str) -> Locator:
        """Return the row of a table that begins with this name."""
        heading = self.page.get_by_role("rowheader", name=name)
        return self.page.get_by_role("row").filter(has=heading)

    def message(self) -> Locator:
        """Return what the console says about the step just taken."""
        return self.page.locator(".note.success")

    def assert_quiet(self) -> None:
        """Nothing was asked of another site, and the browser complained of nothing: no error, no refused content."""
        elsewhere = [url for url in self.requested if not url.startswith(f"{self.site}/")]
        assert not elsewhere, elsewhere
        assert not self.complaints, "\n".join(self.complaints)
