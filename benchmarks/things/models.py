"""The columns and constraints of the console's Role, recorded by whichever library the contender is called for."""

import os
from uuid import uuid4

from django.db import models
from django.utils import timezone

LIBRARY = os.environ["CONTENDER"]


class Thing(models.Model):
    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=50)
    description = models.CharField(max_length=500, blank=True)
    builtin = models.CharField(max_length=20, blank=True)
    manage_infrastructure = models.BooleanField(default=False)
    manage_teams = models.BooleanField(default=False)
    view_audit_logs = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(models.functions.Lower("name"), name="thing_name_unique")]

    if LIBRARY == "django-simple-history":
        from simple_history.models import HistoricalRecords

        history = HistoricalRecords()

    def __str__(self) -> str:
        return self.name


if LIBRARY == "django-auditlog":
    from auditlog.registry import auditlog

    auditlog.register(Thing)
if LIBRARY == "django-pghistory with context":
    import pghistory

    pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())(Thing)
