"""The addresses of the LifeTime API v2: with and without the last slash, the base path in any letter case.

LifeTime's clients neither follow a redirect of a POST nor read HTML, so every address below the base path is ours.
"""

import re

from django.urls import URLPattern, re_path

from applications import api as applications
from audit.activity.api import LifeTimeView, Unknown
from deployments import api as deployments
from infrastructure import api as infrastructure

# spelled out letter by letter: Django reads patterns backwards too, and (?i:...) it cannot
BASE = "^" + re.sub("[a-z]", lambda letter: f"[{letter[0]}{letter[0].upper()}]", "lifetimeapi/rest/v2")
KEY = r"(?P<key>[^/]+)"


def operation(route: str, view: type[LifeTimeView]) -> URLPattern:
    """Return the address of an operation."""
    return re_path(rf"{BASE}/{route}/?\Z", view.as_view())


urlpatterns = [
    operation("environments", infrastructure.Environments),
    operation(rf"environments/{KEY}", infrastructure.EnvironmentDetail),
    operation(rf"environments/{KEY}/deploymentzones", infrastructure.DeploymentZones),
    operation(rf"environments/{KEY}/applications", applications.EnvironmentApplications),
    operation(
        rf"environments/{KEY}/applications/(?P<application>[^/]+)", applications.EnvironmentApplicationDetail
    ),
    operation("applications", applications.Applications),
    operation(rf"applications/{KEY}", applications.ApplicationDetail),
    operation(rf"applications/{KEY}/versions", applications.Versions),
    operation(rf"applications/{KEY}/versions/(?P<version>[^/]+)", applications.VersionDetail),
    operation("deployments", deployments.Plans),
    operation(rf"deployments/{KEY}", deployments.PlanDetail),
    operation(rf"deployments/{KEY}/status", deployments.PlanStatus),
    operation(rf"deployments/{KEY}/start", deployments.Start),
    operation(rf"deployments/{KEY}/continue", deployments.Continue),
    operation(rf"deployments/{KEY}/abort", deployments.Abort),
    re_path(rf"{BASE}(?:/[\s\S]*)?\Z", Unknown.as_view()),
]
