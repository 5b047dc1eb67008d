"""Activities that only tests perform, on real things."""

from typing import Any

from audit.activity import PUBLIC, Activity
from audit.models import Event
from infrastructure.activities import ENVIRONMENT
from roles.activities import ROLE
from teams.activities import TEAM

changed = Activity(ROLE, "test_changed", "Role '{entity}' changed", requires=PUBLIC)
made = Activity(ROLE, "test_made", "Role '{entity}' made", requires=PUBLIC)
unmade = Activity(ROLE, "test_unmade", "Role '{entity}' unmade", requires=PUBLIC)
guarded = Activity(ROLE, "test_guarded", "Role '{entity}' guarded", requires="roles.manage")
told = Activity(
    ROLE, "test_told", "{others} and '{entity}', {number}", requires=PUBLIC, facts=("others", "number")
)
moved = Activity(ENVIRONMENT, "test_moved", "Environment '{entity}' moved", requires=PUBLIC)
team_changed = Activity(TEAM, "test_changed", "Team '{entity}' changed", requires=PUBLIC)
team_unmade = Activity(
    TEAM, "test_unmade", "Team '{entity}' unmade", requires=PUBLIC, facts=("losing",), fields=("team",)
)


def events(*, newest: int | None = None) -> list[Event]:
    """The events of the record, oldest first; or only the newest ones."""
    found = list(Event.objects.order_by("id"))
    return found if newest is None else found[-newest:]


def last() -> Event:
    """The newest event."""
    return Event.objects.latest("id")


def outside() -> list[str]:
    """The sentences of what the witness recorded, oldest first."""
    found: Any = Event.objects.filter(activity__startswith="audit.outside.").order_by("id")
    return [event.sentence for event in found]
