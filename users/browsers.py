"""What a person calls the browser that a request came from. It says so itself: good to recognise, no proof."""

# the first that is found counts: most browsers also claim to be others
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def named_browser(user_agent: str) -> str:
    """Return "Firefox on Linux"; for a program that is no browser the name it gives itself."""
    browser = _first(BROWSERS, user_agent)
    if not browser:
        return user_agent.partition("/")[0].strip()[:40] or "An unknown program"
    system = _first(SYSTEMS, user_agent)
    return f"{browser} on {system}" if system else browser


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
