"""Everything that can happen to applications."""

from applications.models import Application
from audit.activity import Activity, Kind

APPLICATION = Kind(
    model=Application,
    name="application",
    label="Application",
    title="Applications",
    readable=lambda user: Application.objects.visible_to(user),
    visible=lambda user: Application.objects.visible_to(user).select_related("team"),
    needs="List Applications for this application",
    url_name="applications:detail",
    list_name="applications:list",
)

accessed = Activity(
    APPLICATION,
    "accessed",
    "Accessed application '{entity}' details",
    requires="applications.list",
    is_update=False,
)

created = Activity(
    APPLICATION,
    "created",
    "Application '{entity}' created in environment '{environment}'",
    facts=("environment",),
    within="environment",
    requires="applications.create",
)
created_in_team = Activity(
    APPLICATION,
    "created_in_team",
    "Application '{entity}' created in environment '{environment}' for team '{team}'",
    facts=("environment", "team"),
    within="environment",
    requires="applications.create",
)
updated = Activity(APPLICATION, "updated", "Application '{entity}' updated.", requires="applications.change")
renamed = Activity(
    APPLICATION,
    "renamed",
    "Application '{old}' renamed to '{entity}'",
    facts=("old",),
    requires="applications.change",
)
description_changed = Activity(
    APPLICATION,
    "description_changed",
    "Description of application '{entity}' changed",
    requires="applications.change",
)
technology_changed = Activity(
    APPLICATION,
    "technology_changed",
    "Kind of application '{entity}' changed from '{old}' to '{new}'",
    facts=("old", "new"),
    requires="applications.change",
)

published = Activity(
    APPLICATION,
    "published",
    "Published application '{entity}' in environment '{environment}'",
    facts=("environment",),
    fields=("environments",),
    within="environment",
    requires="applications.change_and_deploy",
)
tagged = Activity(
    APPLICATION,
    "tagged",
    "Tagged version {new} of application '{entity}' in environment '{environment}'",
    facts=("environment", "old", "new"),
    fields=("versions", "environments"),
    change="Version in {environment}",
    within="environment",
    requires="applications.change_and_deploy",
)
version_deleted = Activity(
    APPLICATION,
    "version_deleted",
    "Deleted version {old} of application '{entity}'",
    facts=("environment", "old", "new"),
    fields=("versions",),
    change="Version {old}",
    within="environment",
    requires="applications.change_and_deploy",
)
deployed = Activity(
    APPLICATION,
    "deployed",
    "Deployed version {new} of application '{entity}' to environment '{environment}'",
    facts=("environment", "old", "new"),
    fields=("environments",),
    change="Version in {environment}",
    within="environment",
    requires="applications.change_and_deploy",
)

put_in_team = Activity(
    APPLICATION,
    "put_in_team",
    "Application '{entity}' added to team '{team}'",
    facts=("team",),
    within="team",
    requires="applications.put_in_team",
)
taken_out_of_team = Activity(
    APPLICATION,
    "taken_out_of_team",
    "Application '{entity}' removed from team '{team}'",
    facts=("team",),
    within="team",
    requires="applications.take_out_of_team",
)

role_granted = Activity(
    APPLICATION,
    "role_granted",
    "{user.sort_first} '{user}' ({user.username}) granted role '{new}' for application '{entity}'",
    facts=("user", "old", "new"),
    fields=("roles",),
    change="Role of {user}",
    requires="applications.manage_roles",
)
role_changed = Activity(
    APPLICATION,
    "role_changed",
    "Role of {user.sort} '{user}' ({user.username}) for application '{entity}' changed from '{old}' to '{new}'",
    facts=("user", "old", "new"),
    fields=("roles",),
    change="Role of {user}",
    requires="applications.manage_roles",
)
role_revoked = Activity(
    APPLICATION,
    "role_revoked",
    "Role '{old}' of {user.sort} '{user}' ({user.username}) for application '{entity}' revoked",
    facts=("user", "old", "new"),
    fields=("roles",),
    change="Role of {user}",
    requires="applications.manage_roles",
)

blocks_edited = Activity(  # leaves its events to what was blocked and unblocked
    APPLICATION,
    "blocks_edited",
    "Edited where application '{entity}' is blocked",
    requires="applications.list",
)
blocked = Activity(
    APPLICATION,
    "blocked",
    "Application '{entity}' blocked in environment '{environment}'",
    facts=("environment", "old", "new"),
    fields=("blocks",),
    change="Blocked in {environment}",
    within="environment",
    requires="applications.change_and_deploy",
)
unblocked = Activity(
    APPLICATION,
    "unblocked",
    "Application '{entity}' unblocked in environment '{environment}'",
    facts=("environment", "old", "new"),
    fields=("blocks",),
    change="Blocked in {environment}",
    within="environment",
    requires="applications.change_and_deploy",
)
