"""Teams and their members: what is told, what is accepted, and who may."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from applications.services import put_in_team
from audit.activity import Refused
from roles.models import Level
from teams import services
from teams.models import Membership, Team
from tests.factories import (
    SYSTEM,
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
from tests.told import told
from users.models import User
from users.services import deactivate_user


def held(in_team: Team) -> dict[str, str]:
    rows = Membership.objects.filter(team=in_team).select_related("user", "role")
    return {str(row.user): str(row.role) for row in rows}


# What is told of teams


@pytest.mark.usefixtures("assert_nothing_outside")
def test_creating_is_told() -> None:
    with told() as events:
        services.create_team(by=administrator(), name=" Payments ", description="Cards")
    event = events[-1]
    assert (event.sentence, event.subjects) == ("Team 'Payments' created", ("Payments",))
    assert event.changes["Name"] == (None, "Payments")


@pytest.mark.usefixtures("assert_nothing_outside")
def test_renaming_and_describing_are_told_each_and_as_a_whole() -> None:
    payments = team("Payments")
    with told() as events:
        services.change_team(payments, by=SYSTEM, name="Cards", description="Cards and invoices")
    assert [(event.sentence, set(event.fields), event.changes) for event in events] == [
        ("Team 'Payments' renamed to 'Cards'", {"name"}, {"Name": ("Payments", "Cards")}),
        (
            "Description of team 'Cards' changed",
            {"description"},
            {"Description": (None, "Cards and invoices")},
        ),
        (
            "Team 'Cards' updated.",
            {"name", "description"},
            {"Name": ("Payments", "Cards"), "Description": (None, "Cards and invoices")},
        ),
    ]
    with told() as events:
        services.change_team(payments, by=SYSTEM, name="Cards", description="Cards and invoices")
    assert events == []


@pytest.mark.usefixtures("assert_nothing_outside")
def test_deleting_is_told_to_the_members_and_to_the_applications_that_stay() -> None:
    ana = person("ana.lopes")
    payments = team("Payments", {ana: developer_role()})
    invoices = application("Invoices", environment())
    put_in_team(invoices, by=SYSTEM, team=payments)
    with told() as events:
        services.delete_team(payments, by=administrator())
    event = events[-1]
    assert event.sentence == "Team 'Payments' deleted"
    assert set(event.subjects) == {"Payments", "Ana Lopes", "Invoices"}
    assert {"*", "members", "team"} <= event.fields
    invoices.refresh_from_db()
    assert invoices.team is None
    assert not Team.objects.exists()


# What is told of members


@pytest.mark.usefixtures("assert_nothing_outside")
def test_what_happens_to_a_member_is_told_to_the_person_the_roles_and_the_team() -> None:
    ana, tester = person("ana.lopes"), role("Tester")
    payments = team("Payments")
    with told() as events:
        services.add_member(payments, by=SYSTEM, user=ana, role=developer_role())
        services.change_member_role(payments, by=SYSTEM, user=ana, role=tester)
        services.change_member_role(payments, by=SYSTEM, user=ana, role=tester)
        services.remove_member(payments, by=SYSTEM, user=ana)
    label = "Role of Ana Lopes in Payments"
    assert [(event.sentence, event.changes) for event in events] == [
        (
            "User 'Ana Lopes' (ana.lopes) granted role 'Developer' in team 'Payments'",
            {label: (None, "Developer")},
        ),
        (
            "Role of user 'Ana Lopes' (ana.lopes) in team 'Payments' changed from 'Developer' to 'Tester'",
            {label: ("Developer", "Tester")},
        ),
        (
            "Role 'Tester' of user 'Ana Lopes' (ana.lopes) in team 'Payments' revoked",
            {label: ("Tester", None)},
        ),
    ]
    assert [set(event.subjects) for event in events] == [
        {"Payments", "Ana Lopes", "Developer"},
        {"Payments", "Ana Lopes", "Developer", "Tester"},
        {"Payments", "Ana Lopes", "Tester"},
    ]
    assert {event.fields for event in events} == {frozenset({"members"})}
    assert held(payments) == {}


@pytest.mark.django_db
def test_a_service_account_is_a_member_like_a_person() -> None:
    payments = team("Payments", {service_account("release-bot"): developer_role()})
    assert held(payments) == {"release-bot": "Developer"}


@pytest.mark.django_db
def test_a_service_account_is_told_of_as_one() -> None:
    bot, payments, tester = service_account("release-bot"), team("Payments"), role("Tester")
    with told() as events:
        services.add_member(payments, by=SYSTEM, user=bot, role=developer_role())
        services.change_member_role(payments, by=SYSTEM, user=bot, role=tester)
        services.remove_member(payments, by=SYSTEM, user=bot)
    assert [event.sentence for event in events] == [
        "Service account 'release-bot' (release-bot) granted role 'Developer' in team 'Payments'",
        "Role of service account 'release-bot' (release-bot) in team 'Payments' changed from 'Developer' to 'Tester'",
        "Role 'Tester' of service account 'release-bot' (release-bot) in team 'Payments' revoked",
    ]


# What is not accepted


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " \t"),
        ("name", "x" * 51),
        ("name", "Pay\nments"),
        ("name", "Pay\0"),
        ("name", "pAYMENTS"),
        ("description", "x" * 501),
        ("description", "two\nlines"),
    ],
)
@pytest.mark.django_db
def test_a_team_that_is_not_right_says_at_which_field(field: str, value: str) -> None:
    team("Payments")
    other = team("Other")
    data = {"name": "New", "description": "", field: value}
    for step in (services.create_team, lambda **given: services.change_team(other, **given)):
        with told() as events, pytest.raises(ValidationError) as error:
            step(by=SYSTEM, **data)
        assert list(error.value.message_dict) == [field]
        assert events == []
    assert set(Team.objects.values_list("name", flat=True)) == {"Payments", "Other"}


@pytest.mark.django_db
def test_who_cannot_be_a_member_is_said_with_the_reason() -> None:
    ana, gone = person("ana.lopes"), person("gone.person")
    deactivate_user(gone, by=SYSTEM)
    payments = team("Payments", {ana: developer_role()})
    builtin = User.objects.get(is_builtin=True)
    for user, reason in ((ana, "already"), (gone, "not active"), (builtin, "built in")):
        with told() as events, pytest.raises(ValidationError, match=reason) as error:
            services.add_member(payments, by=SYSTEM, user=user, role=developer_role())
        assert list(error.value.message_dict) == ["user"]
        assert events == []


@pytest.mark.django_db
def test_who_is_not_a_member_has_no_role_to_change_or_lose() -> None:
    payments, ana = team("Payments"), person("ana.lopes")
    with pytest.raises(ValidationError, match="not in the team"):
        services.change_member_role(payments, by=SYSTEM, user=ana, role=developer_role())
    with pytest.raises(ValidationError, match="not in the team"):
        services.remove_member(payments, by=SYSTEM, user=ana)


# Who may


@pytest.mark.django_db
def test_who_may_do_what_with_a_team() -> None:
    ben, cleo = person("ben.keller"), person("cleo.newcomer")
    lead = role("Lead", manage_teams=True)
    lena, olaf = person("lena.lead"), person("olaf.other")
    team("Other", {olaf: lead})
    payments = team("Payments", {lena: lead, ben: developer_role()})
    plain = developer_role()
    steps: dict[str, Any] = {
        "create": lambda by: services.create_team(by=by, name=f"Team of {by}"),
        "change": lambda by: services.change_team(payments, by=by, name=f"For {by}", description=""),
        "add": lambda by: services.add_member(payments, by=by, user=cleo, role=plain),
        "change role": lambda by: services.change_member_role(payments, by=by, user=cleo, role=lead),
        "remove": lambda by: services.remove_member(payments, by=by, user=cleo),
        "delete": lambda by: services.delete_team(payments, by=by),
    }
    manages = {"change", "add", "change role", "remove"}
    everything = set(steps)
    # roles without a level anywhere, so that here only the switches decide
    for reader, may in (
        (ben, set[str]()),
        (olaf, set[str]()),
        (person("vera.auditor", role("Auditor", view_audit_logs=True)), set[str]()),
        (lena, manages),
        (person("tim.manager", role("Team Manager", manage_teams=True)), manages),
        (administrator(), everything),
    ):
        for name, step in steps.items():
            with told() as events:
                try:
                    step(reader)
                    done = True
                except Refused:
                    done = False
            assert done == (name in may), (reader, name)
            assert ([event.outcome for event in events] == ["refused"]) == (not done), (reader, name)


@pytest.mark.django_db
def test_a_manager_who_is_deactivated_manages_nothing() -> None:
    lena = person("lena.lead")
    payments = team("Payments", {lena: role("Lead", manage_teams=True)})
    deactivate_user(lena, by=SYSTEM)
    with pytest.raises(Refused):
        services.change_team(payments, by=User.objects.get(pk=lena.pk), name="Mine", description="")


@pytest.mark.django_db
def test_a_role_in_a_team_manages_only_that_team() -> None:
    lena = person("lena.lead")
    payments = team("Payments", {lena: role("Lead", manage_teams=True)})
    team("Other")
    assert list(Team.objects.visible_to(lena)) == [payments]


# Handing out


@pytest.mark.django_db
def test_nobody_changes_their_own_role_and_the_attempt_is_told() -> None:
    lena, lead = person("lena.lead"), role("Lead", manage_teams=True)
    payments = team("Payments", {lena: lead})
    ada = administrator()
    steps: tuple[Callable[[], object], ...] = (
        lambda: services.change_member_role(payments, by=lena, user=lena, role=developer_role()),
        lambda: services.remove_member(payments, by=lena, user=lena),
        lambda: services.add_member(payments, by=ada, user=ada, role=administrator_role()),
    )
    for step in steps:
        with told() as events, pytest.raises(Refused, match="nobody changes their own roles"):
            step()
        (event,) = events
        assert event.outcome == "refused"
        assert {"Payments", "Lena Lead"} <= set(event.subjects) or "Ada Admin" in event.subjects
    assert held(payments) == {"Lena Lead": "Lead"}


@pytest.mark.django_db
def test_a_role_above_ones_own_is_not_handed_out_and_the_attempt_is_told() -> None:
    place = environment()
    lead = role("Lead", {place: Level.OPEN}, manage_teams=True)
    higher = role("Deployer", {place: Level.CHANGE_AND_DEPLOY})
    lena, ben = person("lena.lead"), person("ben.keller")
    payments = team("Payments", {lena: lead, ben: developer_role()})
    steps: tuple[Callable[[], object], ...] = (
        lambda: services.add_member(payments, by=lena, user=person("new.one"), role=higher),
        lambda: services.change_member_role(payments, by=lena, user=ben, role=higher),
    )
    for step in steps:
        with told() as events, pytest.raises(Refused, match="nowhere above your own"):
            step()
        assert events[-1].outcome == "refused"
        assert {"Payments", "Deployer"} <= set(events[-1].subjects)
    assert held(payments) == {"Lena Lead": "Lead", "Ben Keller": "Developer"}
