"""Puts the navigation into base.html."""

from typing import Any

from django import template

from auditconsole.navigation import Tab, tabs

register = template.Library()


@register.simple_tag(takes_context=True)
def navigation_tabs(context: dict[str, Any]) -> list[Tab]:
    """Return the tabs of whoever is signed in; none for a stranger or on a page without a request."""
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return []
    request = context["request"]
    if not hasattr(request, "tabs"):  # a page may ask again: what its breadcrumbs may lead to
        # an answer that is the same for hidden and absent must not tell by its tab what the address could have meant
        request.tabs = tabs(user, "" if context.get("unplaced") else request.path)
    found: list[Tab] = request.tabs
    return found
