"""E-mail addresses on pages."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def breakable(address: str) -> SafeString:
    """Let a line end after the @ of an address that is too long for it, and not in the middle of a name."""
    name, at, domain = address.partition("@")
    return format_html("{}{}<wbr>{}", name, at, domain)
