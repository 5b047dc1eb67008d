"""The site's table of contents."""

from django.conf import settings
from django.urls import include, path, re_path

from auditconsole.design_system import design_system
from auditconsole.lifetime_urls import BASE
from auditconsole.reference.pages import LifeTimeDescription, LifeTimeReference, Reference
from auditconsole.start import begin

urlpatterns = [
    path("", include("audit.api.urls")),  # read by programs, often: the tables are tried in this order
    path("start/", begin, name="start"),
    path("", include("users.urls")),
    path("", include("roles.urls")),
    path("", include("teams.urls")),
    path("", include("applications.urls")),
    path("", include("deployments.urls")),
    path("", include("infrastructure.urls")),
    path("", include("audit.urls")),
    path("api-reference/", Reference.as_view(), name="reference"),
    path("api-reference/lifetime/", LifeTimeReference.as_view(), name="lifetime_reference"),
    re_path(rf"{BASE}/openapi\.json\Z", LifeTimeDescription.as_view()),
    path("", include("auditconsole.lifetime_urls")),
]
if settings.DEMO:
    urlpatterns += [path("design-system/", design_system, name="design_system")]

handler400 = "auditconsole.errors.bad_request"
handler403 = "auditconsole.errors.forbidden"
handler404 = "auditconsole.errors.not_found"
handler500 = "auditconsole.errors.server_error"
