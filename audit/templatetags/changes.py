"""What a posted form knows of its own showing, and what was done to its thing while somebody was editing it."""

from datetime import datetime
from typing import Any

from django import forms, template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit.activity import kind_of
from audit.activity.merging import secrets, snapshot
from audit.activity.stamps import NAME, Stamp
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


@register.simple_tag(takes_context=True)
def stamp_for(context: dict[str, Any], address: str, form: forms.Form | None = None) -> SafeString:
    """Stamp a form that stands on another page than its own: {% url "deployments:start" entity.pk as start %}
    {% stamp_for start %}. With `form`, what it shows at first are stored values, and are compared."""
    stamp = Stamp(
        path=address,
        reader=str(context["request"].user.pk),
        thing=str(context.get("entity", "")),
        seen=snapshot(form, form.initial) if form else {},
        secret=secrets(form) if form else [],
    )
    return format_html('<input type="hidden" name="{}" value="{}">', NAME, stamp)
