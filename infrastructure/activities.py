"""Everything that can happen to environments and to the infrastructure as a whole."""

from audit.activity import Activity, Kind
from infrastructure.models import ConsoleSettings, Environment
from infrastructure.rules import MANAGE_INFRASTRUCTURE

ENVIRONMENT = Kind(
    model=Environment,
    name="environment",
    label="Environment",
    title="Environments",
    readable=lambda user: Environment.objects.fully_controlled_by(user),
    visible=lambda user: Environment.objects.visible_to(user),
    needs=f"{MANAGE_INFRASTRUCTURE}, or Full Control on this environment",
    url_name="infrastructure:detail",
)
INFRASTRUCTURE = Kind(
    model=ConsoleSettings,
    name="infrastructure",
    label="Infrastructure",
    title="Infrastructure",
    readable=lambda user: ConsoleSettings.objects.none(),
    visible=lambda user: (
        ConsoleSettings.objects.all()
        if user.has_perm("infrastructure.manage")
        else ConsoleSettings.objects.none()
    ),
    needs=MANAGE_INFRASTRUCTURE,
    url_name="infrastructure:settings",
)

environment_accessed = Activity(
    ENVIRONMENT,
    "accessed",
    "Accessed environment '{entity}' details",
    requires="infrastructure.list",
    is_update=False,
)
