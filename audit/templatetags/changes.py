"""What was done to a thing while somebody was editing it."""

from datetime import datetime
from typing import Any

from django import template

from audit.activity import kind_of
from audit.models import Event

register = template.Library()
SHOWN = 5


@register.simple_tag(takes_context=True)
def changes_since(context: dict[str, Any], since: datetime | None) -> list[Event]:
    """Return the newest changes since that time of the thing that the page is about, if the reader may read them."""
    thing = context["view"].subject()
    if thing is None or since is None:
        return []
    visible = Event.objects.visible_to(context["request"].user).about(kind_of(thing).name, thing.pk)
    return list(visible.filter(is_update=True, outcome="succeeded", at__gte=since).newest_first()[:SHOWN])
