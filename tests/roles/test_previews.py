"""Whom a change of roles affects is known before it is made: exactly what the tables of the permission model say."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import EffectivePermission
from applications.previews import preview_application_role
from audit.activity import Conflict
from infrastructure.models import Environment
from roles.effects import Preview, rehearsed
from roles.levels import RoleLevel
from roles.models import Level
from roles.previews import preview_change, preview_replacement
from teams.previews import preview_deletion, preview_member
from tests.applications import oracle
from tests.applications.oracle import ENVIRONMENTS, World
from tests.applications.worlds import APPLICATIONS, PEOPLE, ROLES, TEAMS, Laid, laid_out, worlds
from tests.factories import (
    administrator,
    administrator_role,
    application,
    developer_role,
    environment,
    person,
    role,
    service_account,
    team,
)
from users.models import User
from users.previews import preview_default_role

pytestmark = pytest.mark.django_db
# what is told of a person and an environment: (old, new) by the default role, and how often for applications
Told = dict[tuple[str, str], tuple[tuple[int, int] | None, Counter[tuple[int, int]]]]
Change = tuple[World, Callable[[Laid], Preview]]


@st.composite
def changes(draw: st.DrawFn, world: World) -> Change:
    """Draw one of the ways in which roles change: the world afterwards, and the preview asked for."""
    after = deepcopy(world)
    ways = [_levels, _replacement, _default_role, _membership, _deletion, _application_role]
    return after, draw(st.sampled_from(ways))(draw, after)


def _levels(draw: st.DrawFn, after: World) -> Callable[[Laid], Preview]:
    changed = draw(st.sampled_from(ROLES))
    levels = {place: draw(st.integers(0, 6)) for place in draw(st.sets(st.sampled_from(ENVIRONMENTS)))}
    after["roles"][changed]["levels"] |= levels
    return lambda laid: preview_change(
        laid.roles[changed],
        levels={laid.environments[place].pk: RoleLevel(level) for place, level in levels.items()},
        switches={},
    )


def _replacement(draw: st.DrawFn, after: World) -> Callable[[Laid], Preview]:
    gone, new = draw(st.permutations(ROLES))[:2]
    for who in after["people"].values():
        who["default"] = new if who["default"] == gone else who["default"]
        for held in (who["teams"], who["applications"]):
            held |= {place: new for place, name in held.items() if name == gone}
    return lambda laid: preview_replacement(laid.roles[gone], laid.roles[new])


def _default_role(draw: st.DrawFn, after: World) -> Callable[[Laid], Preview]:
    who, new = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(ROLES))
    after["people"][who]["default"] = new
    return lambda laid: preview_default_role(laid.people[who], laid.roles[new])


def _membership(draw: st.DrawFn, after: World) -> Callable[[Laid], Preview]:
    who, where = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(TEAMS))
    new = draw(st.sampled_from([None, *ROLES]))
    held = after["people"][who]["teams"]
    held.pop(where, None)
    if new:
        held[where] = new
    return lambda laid: preview_member(
        laid.teams[where], laid.people[who], laid.roles[new] if new else None, reader=_everywhere()
    )


def _deletion(draw: st.DrawFn, after: World) -> Callable[[Laid], Preview]:
    gone = draw(st.sampled_from(TEAMS))
    for who in after["people"].values():
        who["teams"].pop(gone, None)
    return lambda laid: preview_deletion(laid.teams[gone], reader=_everywhere())


def _application_role(draw: st.DrawFn, after: World) -> Callable[[Laid], Preview]:
    who, what = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(APPLICATIONS))
    new = draw(st.sampled_from([None, *ROLES]))
    held = after["people"][who]["applications"]
    held.pop(what, None)
    if new:
        held[what] = new
    return lambda laid: preview_application_role(
        laid.applications[what],
        laid.people[who],
        laid.roles[new] if new else None,
        reader=_everywhere(),
    )


def _everywhere() -> User:
    """Return somebody who enters every environment."""
    return User(role=administrator_role())


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), world=worlds())
def test_a_preview_tells_what_the_tables_say_and_changes_nothing(data: st.DataObject, world: World) -> None:
    after, ask = data.draw(changes(world))
    with laid_out(world) as laid:
        before = sorted(EffectivePermission.objects.values_list())
        told = _told(ask(laid))
        assert told == _expected(world, after)
        assert sorted(EffectivePermission.objects.values_list()) == before


def _told(preview: Preview) -> Told:
    told: Told = {}
    for effect in preview.effects:
        for one in effect.people:
            place = (one.name, effect.environment.name)
            by_default, elsewhere = told.get(place, (None, Counter()))
            move = (int(effect.old), int(effect.new))
            if effect.in_applications:
                elsewhere[move] += one.applications
            else:
                assert by_default is None
                by_default = move
            told[place] = (by_default, elsewhere)
    return told


def _expected(before: World, after: World) -> Told:
    expected: Told = {}
    for who in PEOPLE:
        for place in ENVIRONMENTS:
            by_default = _move(before, after, who, "nobody's", place)
            explicit = [
                name
                for name in APPLICATIONS
                if _is_explicit(before, who, name) or _is_explicit(after, who, name)
            ]
            moves = Counter(_move(before, after, who, name, place) for name in explicit)
            changed = Counter({move: often for move, often in moves.items() if move[0] != move[1]})
            own = by_default if by_default[0] != by_default[1] else None
            if own or changed:
                expected[who, place] = (own, changed)
    return expected


def _move(before: World, after: World, who: str, application: str, place: str) -> tuple[int, int]:
    levels = []
    for world in (before, after):
        applications = {**world["applications"], "nobody's": {"team": None, "places": set()}}
        levels.append(oracle.level({**world, "applications": applications}, who, application, place))
    return levels[0], levels[1]


def _is_explicit(world: World, who: str, application: str) -> bool:
    held = world["people"][who]
    return application in held["applications"] or world["applications"][application]["team"] in held["teams"]


def test_the_review_of_a_role_asks_no_more_for_many_than_for_few(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    places: list[Environment] = [environment(f"E{number}") for number in range(4)]
    tester = role("Tester", dict.fromkeys(places, Level.CHANGE_AND_DEPLOY), view_audit_logs=True)
    everything = dict.fromkeys(places, Level.FULL_CONTROL)
    client.force_login(person("max.manager", role("Manager", everything, manage_infrastructure=True)))
    url = reverse("roles:edit", args=[tester.pk])
    data = {"name": "Tester", **{f"level_{place.pk}": "0" for place in places}}
    for crowd in (3, 40):
        for number in range(crowd):
            who = person(f"p{crowd}.{number}", tester)
            if number % 10 == 0:
                made = team(f"T{crowd}.{number}", {who: tester})
                application(f"A{crowd}.{number}", places[0], team=made)
        # 12 on the site: inside a test's transaction, undoing takes one more (RELEASE SAVEPOINT)
        with django_assert_max_num_queries(14):
            review = client.post(url, data)
        assert review.status_code == 200
    text = review.content.decode()
    assert "43 people lose access to E0." in text
    assert "5 people lose sight of an application in E0." in text
    assert "and 31 more" in text


def test_a_default_role_is_changed_after_a_review_and_programs_are_told_apart(client: Client) -> None:
    place = environment("Production")
    high, low = role("High", {place: Level.FULL_CONTROL}, view_audit_logs=True), role("Low")
    ana, bot = person("ana.lopes", high), service_account("release-bot", high)
    client.force_login(administrator())
    for account in (ana, bot):
        page = "users:role" if account.is_person else "users:service_account_role"
        url = reverse(page, args=[account.pk])
        review = client.post(url, {"role": low.pk})
        who = "1 person" if account.is_person else "1 service account"
        assert f"{who} loses access to Production." in review.content.decode()
        assert f"is turned off for {account}." in review.content.decode()
        answer = client.post(url, {"role": low.pk, "reviewed": review.context["preview"].digest})
        assert answer.status_code == 302
        account.refresh_from_db()
        assert account.role == low


def test_what_a_team_takes_away_is_said_before_it_is_taken(client: Client) -> None:
    place = environment("Production")
    high, low = role("High", {place: Level.CHANGE_AND_DEPLOY}), role("Low", {place: Level.LIST})
    ana = person("ana.lopes", low)
    payments = team("Payments", {ana: high})
    application("Invoices", place, team=payments)
    client.force_login(administrator())
    lost = (
        "1 person goes from &#x27;Change and Deploy Applications&#x27; to &#x27;List Applications&#x27; in an"
    )
    for page, keys in (("remove_member", [payments.pk, ana.pk]), ("delete", [payments.pk])):
        assert lost in client.get(reverse(f"teams:{page}", args=keys)).content.decode()
    url = reverse("teams:change_member_role", args=[payments.pk, ana.pk])
    review = client.post(url, {"role": low.pk})
    assert lost in review.content.decode()
    assert client.post(url, {"role": developer_role().pk}).status_code == 200
    answer = client.post(url, {"role": low.pk, "reviewed": review.context["preview"].digest})
    assert answer.status_code == 302
    assert payments.memberships.get(user=ana).role == low
    assert client.post(url, {"role": high.pk}).status_code == 302  # what it gives, the form says already


def test_nothing_is_told_of_a_role_that_the_sender_may_not_hand_out(client: Client) -> None:
    place = environment("Development")
    high, hidden = (
        role("High", {place: Level.LIST}),
        role("Hidden", {place: Level.ACCESS}, view_audit_logs=True),
    )
    lead = person("lena.lead", role("Entering", {place: Level.LIST}))
    ana = person("ana.lopes", role("Low", {place: Level.ACCESS}))
    payments = team("Payments", {ana: high, lead: role("Lead", {place: Level.LIST}, manage_teams=True)})
    application("Invoices", place, team=payments)
    client.force_login(lead)
    answer = client.post(reverse("teams:change_member_role", args=[payments.pk, ana.pk]), {"role": hidden.pk})
    assert answer.status_code == 403
    assert payments.memberships.get(user=ana).role == high


def test_an_environment_that_the_reader_does_not_enter_is_not_named(client: Client) -> None:
    open_place, closed = environment("Development"), environment("Production")
    high = role("High", dict.fromkeys((open_place, closed), Level.LIST))
    low = role("Low", dict.fromkeys((open_place, closed), Level.ACCESS))
    lead = person("lena.lead", role("Entering", {open_place: Level.LIST}))
    ana = person("ana.lopes", low)
    payments = team("Payments", {ana: high, lead: role("Lead", {open_place: Level.LIST}, manage_teams=True)})
    application("Invoices", open_place, team=payments)
    client.force_login(lead)
    text = client.get(reverse("teams:remove_member", args=[payments.pk, ana.pk])).content.decode()
    assert "in an application in Development." in text
    assert "Production" not in text


def test_deleting_a_role_reviews_what_its_replacement_takes_away(client: Client) -> None:
    place = environment("Production")
    tester, low = role("Tester", {place: Level.OPEN}), role("Low")
    ana = person("ana.lopes", tester)
    client.force_login(administrator())
    url = reverse("roles:delete", args=[tester.pk])
    review = client.post(url, {"replacement": low.pk})
    assert "1 person loses access to Production." in review.content.decode()
    digest = review.context["preview"].digest
    assert client.post(url, {"replacement": low.pk, "reviewed": digest}).status_code == 302
    ana.refresh_from_db()
    assert ana.role == low


def test_a_rehearsal_that_somebody_else_just_made_true_is_a_conflict() -> None:
    payments, ana = team("Payments"), person("ana.lopes")

    def act() -> None:  # the second stands for who commits while this one waits
        for _ in range(2):
            payments.memberships.create(user=ana, role=developer_role())

    with pytest.raises(Conflict):
        rehearsed(User.objects.filter(pk=ana.pk), EffectivePermission.objects.none(), act)
    assert not payments.memberships.exists()
