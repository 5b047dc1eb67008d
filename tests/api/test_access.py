"""How callers and people get in: tokens renewed by their accounts, sign-ins blocked and let in again."""

from django.test import Client

from audit.models import Event
from tests.api.landscape import BASE, events
from tests.api.organisation import Organisation


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
    assert manager.delete(f"{path}?IpAddress=198.51.100.1").status_code == 404
    assert manager.delete(f"{path}?IpAddress=192.0.2.7").status_code == 200
    assert manager.delete("/environments/blockedipaddresses/192.0.2.7/").status_code == 200
    assert manager.get(path).json() == manager.get("/environments/blockedipaddresses").json() == []
    for activity in ("unblocked", "address_unblocked"):
        (event,) = events(f"users.user.{activity}")
        assert manager.account is not None
        assert (event.actor_key, event.channel) == (manager.account.pk, "lifetime-api")
