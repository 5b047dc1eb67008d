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
    list_name="infrastructure:list",
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
    list_name="infrastructure:settings",
    single=True,
)
MANAGE = "infrastructure.manage"

# Environments

environment_accessed = Activity(
    ENVIRONMENT,
    "accessed",
    "Accessed environment '{entity}' details",
    requires="infrastructure.list",
    is_update=False,
)
environment_registered = Activity(
    ENVIRONMENT, "registered", "Environment '{entity}' registered", requires=MANAGE
)
environment_updated = Activity(ENVIRONMENT, "updated", "Environment '{entity}' updated.", requires=MANAGE)
environment_renamed = Activity(
    ENVIRONMENT,
    "renamed",
    "Environment '{old}' renamed to '{entity}'",
    requires=MANAGE,
    facts=("old", "new"),
    fields=("name",),
    change="Name",
)
purpose_changed = Activity(
    ENVIRONMENT,
    "purpose_changed",
    "Purpose of environment '{entity}' changed from '{old}' to '{new}'",
    requires=MANAGE,
    facts=("old", "new"),
    fields=("purpose",),
    change="Purpose",
)
address_changed = Activity(
    ENVIRONMENT,
    "address_changed",
    "Address of environment '{entity}' changed from '{old}' to '{new}'",
    requires=MANAGE,
    facts=("old", "new"),
    fields=("address",),
    change="Address",
)
two_stage_switched = Activity(
    ENVIRONMENT,
    "two_stage_switched",
    "Two-stage deployment turned {new} in environment '{entity}'",
    requires=MANAGE,
    facts=("old", "new"),
    fields=("two_stage",),
    change="Two-stage deployment",
)
order_switched = Activity(
    ENVIRONMENT,
    "order_switched",
    "Switched the order of environments '{entity}' and '{neighbour}'",
    requires=MANAGE,
    facts=("neighbour", "old", "new"),
    change="Order of {neighbour}",
)
maintenance_enabled = Activity(
    ENVIRONMENT,
    "maintenance_enabled",
    "Maintenance mode enabled in environment '{entity}'. Reason: {why}",
    requires=MANAGE,
    facts=("why",),
)
maintenance_disabled = Activity(
    ENVIRONMENT,
    "maintenance_disabled",
    "Maintenance mode disabled in environment '{entity}'",
    requires=MANAGE,
)
# roles lose their level there and applications what kept them out: rows of theirs go with the environment
environment_unregistered = Activity(
    ENVIRONMENT,
    "unregistered",
    "Environment '{entity}' unregistered",
    requires=MANAGE,
    facts=("roles", "applications"),
    fields=("levels", "blocks"),
)

# The infrastructure as a whole

environments_arranged = Activity(
    INFRASTRUCTURE,
    "environments_arranged",
    "Environments are now in the order {environments}",
    requires=MANAGE,
    facts=("environments",),
)
settings_updated = Activity(
    INFRASTRUCTURE, "settings_updated", "Infrastructure settings updated.", requires=MANAGE
)
runner_changed = Activity(
    INFRASTRUCTURE,
    "runner_changed",
    "Deployment runner changed from '{old}' to '{new}'",
    requires=MANAGE,
    facts=("old", "new"),
    fields=("runner",),
    change="Deployment runner",
)
runner_program_changed = Activity(
    INFRASTRUCTURE,
    "runner_program_changed",
    "Program of the deployment runner changed from '{old}' to '{new}'",
    requires=MANAGE,
    facts=("old", "new"),
    fields=("runner_program",),
    change="Runner program",
)
runner_timeout_changed = Activity(
    INFRASTRUCTURE,
    "runner_timeout_changed",
    "Time limit of the deployment runner changed from {old} to {new} seconds per application",
    requires=MANAGE,
    facts=("old", "new"),
    fields=("runner_timeout",),
    change="Time limit per application, in seconds",
)
