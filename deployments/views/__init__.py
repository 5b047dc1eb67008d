"""The pages of deployment plans: the list, one plan with its progress, and a page per step."""

from deployments.views.create import Create
from deployments.views.list import PlanList
from deployments.views.plan import PlanPage
from deployments.views.progress import PlanLogFile, PlanProgress
from deployments.views.steps import Abort, Continue, Discard, EditNotes, Force, Retry, Reuse, Start

__all__ = [
    "Abort",
    "Continue",
    "Create",
    "Discard",
    "EditNotes",
    "Force",
    "PlanList",
    "PlanLogFile",
    "PlanPage",
    "PlanProgress",
    "Retry",
    "Reuse",
    "Start",
]
