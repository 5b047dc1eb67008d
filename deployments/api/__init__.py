"""Deployment plans in the LifeTime API, which knows them from the moment they are saved."""

from deployments.api.commands import Abort, Continue, Start
from deployments.api.mappings import DatabaseMappings, MissingDatabaseMappings
from deployments.api.plans import PlanDetail, Plans, PlanStatus

__all__ = [
    "Abort",
    "Continue",
    "DatabaseMappings",
    "MissingDatabaseMappings",
    "PlanDetail",
    "PlanStatus",
    "Plans",
    "Start",
]
