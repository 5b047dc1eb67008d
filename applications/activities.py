"""Everything that can happen to applications."""

from applications.models import Application
from audit.activity import Activity, Kind

APPLICATION = Kind(
    model=Application,
    name="application",
    label="Application",
    title="Applications",
    readable=lambda user: Application.objects.visible_to(user),
    visible=lambda user: Application.objects.visible_to(user),
    needs="List Applications for this application",
    url_name="applications:detail",
)

accessed = Activity(
    APPLICATION,
    "accessed",
    "Accessed application '{entity}' details",
    requires="applications.list",
    is_update=False,
)
