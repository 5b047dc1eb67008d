"""Deployment plans: which applications travel from one environment to the next, and how far they are."""

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import JSONObject, Lower
from django.utils import timezone

from applications.models import VERSION_NUMBER, Application, EffectivePermission, Version
from infrastructure.models import ConsoleSettings, Environment
from roles.models import Level
from users.models import User


class PlanQuerySet(models.QuerySet["Plan"]):
    """Reads of plans."""

    def visible_to(self, user: Any) -> Self:
        """Keep the plans of whose applications the user may list every one, in the plan's source or target.

        A plan without applications is seen by whoever made it, and by those who manage the infrastructure.
        """
        if not user.is_active:
            return self.none()
        listed = EffectivePermission.objects.filter(
            Q(environment=OuterRef("plan__source")) | Q(environment=OuterRef("plan__target")),
            user=user.pk,
            application=OuterRef("application"),
            level__gte=Level.LIST,
        )
        hidden = PlannedApplication.objects.filter(plan=OuterRef("pk")).exclude(Exists(listed))
        filled = PlannedApplication.objects.filter(plan=OuterRef("pk"))
        own = Q() if user.has_perm("infrastructure.manage") else Q(created_by=user)
        return self.filter(Q(Exists(filled), ~Exists(hidden)) | (~Q(Exists(filled)) & own))

    def for_worker(self) -> Self:
        """Keep the plans on which the worker has something to do, oldest first."""
        return self.filter(status__in=[Plan.Status.RUNNING, Plan.Status.ABORTING]).order_by("started_at")

    def under_way(self) -> Self:
        """Keep the plans that were launched and have not ended."""
        return self.filter(status__in=[Plan.Status.RUNNING, Plan.Status.WAITING, Plan.Status.ABORTING])

    def newest_first(self) -> Self:
        """Order by number, newest first."""
        return self.order_by("-number")


class Plan(models.Model):
    """A deployment plan. Its row is also the job that the worker takes: no second queue could disagree."""

    class Status(models.TextChoices):
        """The API's values; `draft` is ours, for a plan that was never saved."""

        DRAFT = "draft", "Draft"
        SAVED = "saved", "Saved"
        RUNNING = "running", "Running"
        WAITING = "needs_user_intervention", "Waiting"
        ABORTING = "aborting", "Aborting"
        ABORTED = "aborted", "Aborted"
        SUCCESSFUL = "finished_successful", "Finished"
        WITH_WARNINGS = "finished_with_warnings", "Finished with warnings"
        WITH_ERRORS = "finished_with_errors", "Finished with errors"
        FORCED = "force_finished", "Finished by force"

    class Stage(models.TextChoices):
        PREPARE = "prepare", "Preparing"
        DEPLOY = "deploy", "Deploying"

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    source = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=30, choices=Status, default=Status.DRAFT)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.DEPLOY)
    notes = models.CharField(max_length=4000, blank=True)
    # Kept from the moment of the launch: settings that change under way must not change what a crash is taken for.
    runner = models.CharField(
        "deployment runner", max_length=10, choices=ConsoleSettings.Runner, blank=True, editable=False
    )
    runner_program = models.CharField("program", max_length=100, blank=True, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    aborted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    aborted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = PlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(source=F("target")), name="plan_moves_between_environments")
        ]
        indexes = [
            models.Index(
                fields=["started_at"],
                name="plan_of_the_worker",
                condition=Q(status__in=["running", "aborting"]),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def is_open(self) -> bool:
        """Say whether the plan was not launched yet and can still be edited."""
        return self.status in {self.Status.DRAFT, self.Status.SAVED}

    @property
    def is_under_way(self) -> bool:
        """Say whether the plan was launched and has not ended."""
        return self.status in {self.Status.RUNNING, self.Status.WAITING, self.Status.ABORTING}

    @property
    def is_prepared(self) -> bool:
        """Say whether the first of two stages is done and somebody has to continue."""
        return self.status == self.Status.WAITING


class PlannedApplicationQuerySet(models.QuerySet["PlannedApplication"]):
    """Reads of what a plan does."""

    def moving(self) -> Self:
        """Keep what is deployed: all but "Do nothing"."""
        return self.exclude(operation=PlannedApplication.Operation.NOTHING)

    def waiting(self, user: Any) -> Any:
        """Return what the plans that the user sees would deploy once somebody launches or continues them, the newest
        plan of each way, as an object: target, plan, its number, whether it is prepared."""
        plans = Plan.objects.visible_to(user).filter(status__in=[Plan.Status.SAVED, Plan.Status.WAITING])
        is_prepared = ExpressionWrapper(Q(plan__status=Plan.Status.WAITING), models.BooleanField())
        told = JSONObject(target="plan__target", key="plan", number="plan__number", is_prepared=is_prepared)
        way = ("application", "plan__source", "plan__target")
        found = self.moving().filter(plan__in=plans).order_by(*way, "-plan__number").distinct(*way)
        return found.values(told=told)

    def in_order(self) -> Self:
        """Order as they are carried out and shown: by name."""
        return self.order_by(Lower("application__name")).select_related("application", "version")


class PlannedApplication(models.Model):
    """What a plan does with one application."""

    class Operation(models.TextChoices):
        DEPLOY = "deploy", "Deploy"
        TAG_AND_DEPLOY = "tag_and_deploy", "Tag & Deploy"
        NOTHING = "nothing", "Do nothing"

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        RUNNING = "running", "Running"
        PREPARED = "prepared", "Prepared"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="applications")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="planned")
    operation = models.CharField(max_length=20, choices=Operation, default=Operation.DEPLOY)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="planned")
    new_number = models.CharField("new version", max_length=11, blank=True, validators=[VERSION_NUMBER])
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    # As text, because it tells of the past: the version may be deleted since.
    replaced = models.CharField("version in the target before", max_length=11, blank=True, editable=False)

    objects: ClassVar[Any] = PlannedApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "application"], name="one_operation_per_plan_and_application"
            ),
            models.CheckConstraint(
                condition=~Q(operation="tag_and_deploy") | ~Q(new_number=""), name="tag_and_deploy_has_number"
            ),
            models.CheckConstraint(
                condition=~Q(operation="deploy") | Q(version__isnull=False), name="deploy_has_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.option} {self.application}"

    @property
    def number(self) -> str:
        """The version that is deployed, which "Tag & Deploy" has yet to tag; empty for "Do nothing"."""
        return self.new_number or (self.version.number if self.version else "")

    @property
    def option(self) -> str:
        """The option as LifeTime writes it: "Deploy 1.4", "Tag & Deploy 0.6", "Do nothing"."""
        name = str(self.Operation(self.operation).label)
        return name if self.operation == self.Operation.NOTHING else f"{name} {self.number}"


class PlanLogEntry(models.Model):
    """A line of a running plan's log: what the runner did and what its program printed. Only ever added to."""

    class Type(models.TextChoices):
        INFO = "Info"
        WARNING = "Warning"
        ERROR = "Error"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="log")
    application = models.ForeignKey(
        Application, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    stage = models.CharField(max_length=10, choices=Plan.Stage, default=Plan.Stage.DEPLOY)
    at = models.DateTimeField(default=timezone.now)
    type = models.CharField(max_length=10, choices=Type, default=Type.INFO)
    message = models.TextField()

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["plan", "application", "stage", "at"], name="log_of_an_application"),
            models.Index(
                fields=["application"], name="log_names_application", condition=Q(application__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.message
