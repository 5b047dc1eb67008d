"""Times as people read them: near ones relative, exact UTC one hover away."""

from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def moment(value: datetime | None) -> str | SafeString:
    """Show an instant to the minute in the reader's time zone, as a <time> element whose title is exact UTC."""
    return _element(value, "%H:%M")


@register.filter
def instant(value: datetime | None) -> str | SafeString:
    """Show the same to the second: for logs, where what happened within a minute is told apart."""
    return _element(value, "%H:%M:%S")


@register.filter
def exact(value: datetime) -> str:
    """Show it in UTC as exactly as it is on record."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"


def _element(value: datetime | None, precision: str) -> str | SafeString:
    if value is None:
        return "\N{EN DASH}"
    local = timezone.localtime(value)
    days = (timezone.localdate() - local.date()).days
    clock = local.strftime(precision)
    day = {0: "Today", 1: "Yesterday"}.get(days) or date_format(
        local, "D j M" if 0 <= days < 300 else "j M Y"
    )
    utc = value.astimezone(UTC).isoformat(timespec="milliseconds")  # HTML knows no finer
    return format_html('<time datetime="{}" title="{}">{}, {}</time>', utc, exact(value), day, clock)
