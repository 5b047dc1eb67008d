"""Everything that can happen to deployment plans.

What happens to a plan as a whole has the plan alone as its subject: whoever may see one of its applications must not
learn from that application's log of a plan they may not see. What happens to an application in a plan is about both.
"""

from audit.activity import Activity, Kind
from deployments.models import Plan

PLAN = Kind(
    model=Plan,
    name="deployment_plan",
    label="Deployment plan",
    title="Deployment plans",
    readable=lambda user: Plan.objects.visible_to(user),
    visible=lambda user: Plan.objects.visible_to(user),
    needs="List Applications in every application of the plan",
    url_name="deployments:detail",
    list_name="deployments:list",
)

accessed = Activity(
    PLAN, "accessed", "Accessed deployment plan {entity} details", requires="deployments.see", is_update=False
)

# What people do

created = Activity(PLAN, "created", "Created deployment plan {entity}", requires="deployments.create")
reused = Activity(
    PLAN,
    "reused",
    "Created deployment plan {entity} by reusing deployment plan {original}",
    facts=("original",),
    requires="deployments.create",
)
retried = Activity(
    PLAN,
    "retried",
    "Created deployment plan {entity} to retry deployment plan {original}",
    facts=("original",),
    requires="deployments.create",
)
edited = Activity(  # leaves its events to what was selected and removed
    PLAN, "edited", "Edited deployment plan {entity}", requires="deployments.edit"
)
selected = Activity(
    PLAN,
    "selected",
    "Selected '{new}' for '{application}' in deployment plan {entity}",
    facts=("application", "old", "new"),
    fields=("applications",),
    change="Option for {application}",
    requires="deployments.edit",
)
removed = Activity(
    PLAN,
    "removed",
    "Removed '{application}' from deployment plan {entity}",
    facts=("application", "old", "new"),
    fields=("applications",),
    change="Option for {application}",
    requires="deployments.edit",
)
notes_edited = Activity(
    PLAN, "notes_edited", "Edited the notes of deployment plan {entity}", requires="deployments.edit"
)
saved = Activity(PLAN, "saved", "Saved deployment plan {entity}", requires="deployments.save")
launched = Activity(PLAN, "launched", "Launched deployment plan {entity}", requires="deployments.deploy")
continued = Activity(PLAN, "continued", "Continued deployment plan {entity}", requires="deployments.steer")
aborted = Activity(PLAN, "aborted", "Aborted deployment plan {entity}", requires="deployments.steer")
forced = Activity(PLAN, "forced", "Finished deployment plan {entity} by force", requires="deployments.force")
given_up = Activity(
    PLAN,
    "given_up",
    "Gave up application '{application}' in environment '{environment}' (deployment plan '{entity}'):"
    " what became of it is not known",
    facts=("application", "environment"),
    fields=("applications.state",),
    outcome="failed",
    requires="deployments.force",
)
discarded = Activity(PLAN, "discarded", "Discarded deployment plan {entity}", requires="deployments.discard")

# What the worker does, as System

preparation_started = Activity(
    PLAN,
    "preparation_started",
    "Started preparation of application '{application}' for environment '{environment}' (deployment plan '{entity}')",
    facts=("application", "environment"),
    fields=("applications.state", "applications.version"),
    requires="deployments.deploy",
)
deploy_started = Activity(
    PLAN,
    "deploy_started",
    "Started deploy of application '{application}' in environment '{environment}' (deployment plan '{entity}')",
    facts=("application", "environment"),
    fields=("applications.state", "applications.version"),
    requires="deployments.deploy",
)
application_prepared = Activity(
    PLAN,
    "application_prepared",
    "Finished preparation of application '{application}' for environment '{environment}' (deployment plan '{entity}')",
    facts=("application", "environment"),
    fields=("applications.state",),
    requires="deployments.deploy",
)
application_deployed = Activity(
    PLAN,
    "application_deployed",
    "Finished deploy of application '{application}' in environment '{environment}' (deployment plan '{entity}')",
    facts=("application", "environment"),
    fields=("applications.state", "applications.replaced"),
    requires="deployments.deploy",
)
application_failed = Activity(
    PLAN,
    "application_failed",
    "Deploy of application '{application}' in environment '{environment}' failed"
    " (deployment plan '{entity}'): {problem}",
    facts=("application", "environment", "problem"),
    fields=("applications.state",),
    outcome="failed",
    requires="deployments.deploy",
)
prepared = Activity(PLAN, "prepared", "Prepared deployment plan {entity}", requires="deployments.deploy")
completed = Activity(PLAN, "completed", "Completed deployment plan {entity}", requires="deployments.deploy")
completed_with_warnings = Activity(
    PLAN,
    "completed_with_warnings",
    "Completed deployment plan {entity} with warnings",
    requires="deployments.deploy",
)
finished_with_errors = Activity(
    PLAN,
    "finished_with_errors",
    "Deployment plan {entity} finished with errors: {problem}",
    facts=("problem",),
    outcome="failed",
    requires="deployments.deploy",
)
interrupted = Activity(
    PLAN,
    "interrupted",
    "Aborted deployment plan {entity}, because environment '{place}' is in maintenance mode",
    facts=("place",),
    requires="deployments.steer",
)
stopped = Activity(
    PLAN,
    "stopped",
    "Stopped deployment plan {entity} after {done} of {planned} applications",
    facts=("done", "planned"),
    requires="deployments.steer",
)
