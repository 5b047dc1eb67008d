"""The manners of pages: reading things, and doing one thing with them."""

from audit.activity.views.reading import EntityDetail, EntityList, EntityMixin, PermissionMixin
from audit.activity.views.steps import ConfirmationView, CreationView, EntityStepView, StepView, add_errors

__all__ = [
    "ConfirmationView",
    "CreationView",
    "EntityDetail",
    "EntityList",
    "EntityMixin",
    "EntityStepView",
    "PermissionMixin",
    "StepView",
    "add_errors",
]
