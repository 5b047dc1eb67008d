"""Teams: people with a role each, and the applications they look after."""

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.utils import timezone

from roles.models import Role
from users.models import User


class TeamQuerySet(models.QuerySet["Team"]):
    """Reads of teams."""

    def visible_to(self, user: Any) -> Self:
        """Keep the teams that the user manages: all by the default role, or those by the role held in them."""
        if not user.is_active:
            return self.none()
        if user.role.manage_teams:
            return self
        managed = Membership.objects.filter(user=user, role__manage_teams=True)
        return self.filter(pk__in=managed.values("team"))

    def with_sizes(self) -> Self:
        """Annotate `people`: how many are in each team."""
        return self.annotate(people=models.Count("memberships"))

    def in_order(self) -> Self:
        """Order by name."""
        return self.order_by(models.functions.Lower("name"))


class Team(models.Model):
    """People who look after applications together."""

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=50)
    description = models.CharField(max_length=500, blank=True)
    members = models.ManyToManyField(User, through="Membership", related_name="teams")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = TeamQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(models.functions.Lower("name"), name="team_name_unique")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user's role in a team: it decides over the team's applications instead of the default role."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="memberships")

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="one_membership_per_team_and_user")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team} as {self.role}"
