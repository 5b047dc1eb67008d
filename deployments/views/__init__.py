"""The pages of deployment plans: the list, one plan with its progress, and a page per step."""

from deployments.views.create import Create
from deployments.views.pages import PlanDetail, PlanList, PlanProgress
from deployments.views.steps import (
    Abort,
    Choose,
    Continue,
    Discard,
    EditNotes,
    Retry,
    Reuse,
    Save,
    Start,
)

__all__ = [
    "Abort",
    "Choose",
    "Continue",
    "Create",
    "Discard",
    "EditNotes",
    "PlanDetail",
    "PlanList",
    "PlanProgress",
    "Retry",
    "Reuse",
    "Save",
    "Start",
]
