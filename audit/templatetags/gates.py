"""What a page may offer: the same question that the activity enforces."""

from typing import Any

from django import template
from django.db import models

from audit.activity import activities

register = template.Library()


@register.simple_tag(takes_context=True)
def may(
    context: dict[str, Any], code: str, entity: models.Model | None = None, within: models.Model | None = None
) -> bool:
    """Say whether the reader may perform the activity: {% may "roles.role.renamed" role as can_rename %}."""
    return activities()[code].allowed(context["request"].user, entity, within)
