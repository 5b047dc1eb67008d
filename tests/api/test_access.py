"""How callers and people get in: tokens renewed by their accounts, sign-ins blocked and let in again."""

from django.test import Client

from audit.models import Event
from roles.models import Level
from tests.api.landscape import BASE, Caller, events
from tests.api.organisation import Organisation
from tests.factories import SYSTEM, person, role, service_account
from users.services import issue_token, make_personal_token


def test_a_token_is_renewed_by_its_account(organisation: Organisation) -> None:
    lister = organisation.landscape.lister

    answer = lister.post("/auth/tokens", {"timePeriod": 3, "unit": "M"}).json()

    assert set(answer) == {"token", "expiresAt"}
    for token in (answer["token"], lister.token):  # the old one works for another day
        header = {"Authorization": f"Bearer {token}"}
        assert Client().get(f"{BASE}/environments", headers=header).status_code == 200
    assert lister.account is not None
    new, old = lister.account.tokens.order_by("-created_at")
    assert (new.expires_at - new.created_at).days == 90
    assert (old.expires_at - new.created_at).days == 1
    (event,) = Event.objects.filter(activity="users.service_account.token_renewed")
    assert (event.actor_key, event.token_key) == (lister.account.pk, old.pk)
    assert answer["token"] not in event.details


def test_a_person_calls_by_a_token_of_their_own_and_renews_it_elsewhere(organisation: Organisation) -> None:
    _, text = make_personal_token(by=organisation.bea, label="laptop", scopes=["administer"])
    bea = Caller(text, organisation.bea)

    assert [one["Name"] for one in bea.get("/environments").json()] == ["Development"]
    renewed = bea.post("/auth/tokens", {"timePeriod": 1, "unit": "M"})

    assert renewed.status_code == 400
    assert "they make tokens of their own" in renewed.json()["Errors"][0]
    assert organisation.bea.tokens.count() == 1
    assert {event.actor_key for event in events("audit.api.called")[-2:]} == {organisation.bea.pk}


def test_nobody_hands_out_more_than_they_have_or_changes_their_own(organisation: Organisation) -> None:
    """The rules of the services, which the API does not go around; each attempt is on record."""
    lead, team = organisation.lead, f"/teams/{organisation.finance.pk}/users"
    above = role("Above", {organisation.landscape.qa: Level.FULL_CONTROL}, manage_teams=True)
    assert lead.account is not None
    grants = {"userKey": str(organisation.ana.pk), "roleKey": str(above.pk)}
    assert lead.post(team, grants).status_code == 404  # not among the roles that the lead knows of
    own = {"userKey": str(lead.account.pk), "roleKey": str(organisation.spare.pk)}
    refused = lead.post(team, own)
    assert (refused.status_code, refused.json()["Errors"]) == (
        403,
        ["This needs somebody else: nobody changes their own roles."],
    )
    assert Event.objects.filter(outcome="refused", actor_key=lead.account.pk).exists()

    partial = role("Partial", {organisation.landscape.qa: Level.LIST}, manage_infrastructure=True)
    account = service_account("partial", partial)
    caller = Caller(issue_token(account, by=SYSTEM)[1], account)
    control = "Manage Infrastructure and Users, about an account whose roles are nowhere above your own."
    below = person("lou.low", role("Nothing"))
    for user, needs in ((organisation.ana, control), (below, "a role that is nowhere above your own.")):
        name = user.name
        refused = caller.put(f"/users/{user.pk}", {"RoleKey": str(above.pk), "Name": "Renamed"})
        assert (refused.status_code, refused.json()["Errors"]) == (403, [f"This needs {needs}"])
        user.refresh_from_db()
        assert user.name == name  # all of it, or nothing


def test_who_may_not_grant_roles_learns_of_no_user(organisation: Organisation) -> None:
    lister, portal = organisation.landscape.lister, str(organisation.landscape.portal.pk)
    sent = {"applicationKey": portal, "roleKey": str(organisation.spare.pk)}
    for key in (organisation.ana.pk, organisation.bea.pk, "6f9619ff-8b86-4011-b42d-00c04fc964ff"):
        for answer in (
            lister.post(f"/users/{key}/applications", sent),
            lister.delete(f"/users/{key}/applications/{portal}"),
        ):
            assert answer.status_code == 403
            assert answer.json()["Errors"] == [
                "This needs Manage Teams and Application Roles for this application."
            ]


def test_blocked_sign_ins_are_shown_and_lifted(organisation: Organisation) -> None:
    manager, path = organisation.manager, f"/users/{organisation.ana.pk}/blockedlogins"

    (attempt,) = manager.get(path).json()

    instant = attempt.pop("instant")
    assert instant.endswith("Z")
    assert attempt == {
        "userId": str(organisation.ana.pk),
        "username": "ana.lopes",
        "success": False,
        "ipAddress": "192.0.2.7",
        "usernameFailureCount": 6,
        "originAddressFailureCount": 0,
        "userAgent": "Guesser/1.0",
        "visitor": "",
        "requestKey": "",
        "result": "blocked",
        "environmentId": "",
        "environmentName": "",
    }
    (address,) = manager.get("/environments/blockedipaddresses").json()
    assert (address["userId"], address["ipAddress"], address["originAddressFailureCount"]) == (
        "",
        "192.0.2.7",
        20,
    )
    for nobodys in ("198.51.100.1", "192.0.2.7%00"):
        assert manager.delete(f"{path}?IpAddress={nobodys}").status_code == 404
        assert manager.delete(f"/environments/blockedipaddresses/{nobodys}").status_code == 404
    assert manager.delete(f"{path}?IpAddress=192.0.2.7").status_code == 200
    assert manager.delete("/environments/blockedipaddresses/192.0.2.7/").status_code == 200
    assert manager.get(path).json() == manager.get("/environments/blockedipaddresses").json() == []
    for activity in ("unblocked", "address_unblocked"):
        (event,) = events(f"users.user.{activity}")
        assert manager.account is not None
        assert (event.actor_key, event.channel) == (manager.account.pk, "lifetime-api")
