"""Who may open and send which page of applications: allowed, 403 or 404, nothing in between."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from applications import services
from audit.models import Event
from tests.applications.landscape import Landscape
from tests.factories import SYSTEM, application, person, role

EVERYBODY = ("administrator", "developer", "lister", "outsider", "manager", "lead", "steward")


def pages(here: Landscape) -> dict[str, str]:
    """The address of every page."""
    first = services.tag_version(here.shop, by=SYSTEM, environment=here.development, number="1.0")
    services.tag_version(here.shop, by=SYSTEM, environment=here.development, number="1.1")
    services.block(here.shop, by=SYSTEM, environment=here.development, reason="Frozen")
    ana = person("ana.lopes", role("Low"))
    services.grant_role(here.shop, by=SYSTEM, user=ana, role=ana.role)

    def one(name: str, *more: object) -> str:
        return reverse(f"applications:{name}", args=[here.shop.pk, *more])

    return {
        "list": reverse("applications:list"),
        "create": reverse("applications:create"),
        "detail": one("detail"),
        "edit": one("edit"),
        "tag": one("tag", here.development.pk),
        "publish": one("publish", here.development.pk),
        "block": one("block", here.development.pk),
        "unblock": one("unblock", here.development.pk),
        "tag in production": one("tag", here.production.pk),
        "delete version": one("delete_version", first.pk),
        "grant": one("grant_role"),
        "change role": one("change_role", ana.pk),
        "revoke role": one("revoke_role", ana.pk),
        "take out": one("take_out_of_team"),
        "permissions": one("permissions"),
        "join": one("join_team"),
        "put in": reverse("applications:put_in_team", args=[here.payments.pk]),
    }


# In the order of EVERYBODY: 2 may, 3 is refused (403), 4 does not know of it (404).
TABLE = {
    "list": "2222222",
    "create": "2233333",
    "detail": "2224222",
    "edit": "2234323",
    "tag": "2234323",
    "publish": "2234323",
    "block": "2234323",
    "unblock": "2234323",
    "tag in production": "2334344",
    "delete version": "2234323",
    "grant": "2334222",
    "change role": "2334222",
    "revoke role": "2334222",
    "take out": "2334223",
    "permissions": "2224222",
    "join": "2334223",
    "put in": "2444224",
}
STATUS = {"2": 200, "3": 403, "4": 404}


@pytest.mark.parametrize(("column", "who"), list(enumerate(EVERYBODY)), ids=EVERYBODY)
def test_who_may_open_and_send_what(here: Landscape, client: Client, column: int, who: str) -> None:
    addresses = pages(here)
    assert set(addresses) == set(TABLE)
    client.force_login(getattr(here, who))
    expected = {page: STATUS[row[column]] for page, row in TABLE.items()}
    expected["create"] = 200 if who in {"administrator", "developer"} else 403
    assert {page: client.get(address).status_code for page, address in addresses.items()} == expected
    for page, status in expected.items():
        if status != 200:
            assert client.post(addresses[page], {}).status_code == status, page


def test_a_stranger_is_asked_to_sign_in(here: Landscape, client: Client) -> None:
    for address in pages(here).values():
        answer = client.get(address)
        assertRedirects(answer, f"{reverse('users:sign_in')}?next={address}", fetch_redirect_response=False)


def test_what_is_refused_is_on_record(here: Landscape, client: Client) -> None:
    client.force_login(here.lister)
    client.get(pages(here)["tag"])
    event = Event.objects.latest("pk")
    assert (event.outcome, event.actor_label) == ("refused", "Lis Ter")
    assert event.sentence == "Refused 'tagged' for application 'Shop'"


@pytest.mark.parametrize("name", ["detail", "edit", "grant_role", "take_out_of_team"])
def test_what_does_not_exist_reads_like_what_is_hidden(here: Landscape, client: Client, name: str) -> None:
    client.force_login(here.outsider)
    answers = [client.get(reverse(f"applications:{name}", args=[key])) for key in (here.shop.pk, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    hidden, absent = (re.sub(rb'<code>.*?</code>|value=".*?"', b"", answer.content) for answer in answers)
    assert hidden == absent


def test_parts_of_another_application_are_not_found(here: Landscape, client: Client) -> None:
    ledger = application("Ledger", here.development)
    version = services.tag_version(ledger, by=SYSTEM, environment=here.development, number="1.0")
    client.force_login(here.administrator)
    shop = here.shop.pk
    for name, part in [
        ("delete_version", version.pk),
        ("change_role", here.lister.pk),
        ("revoke_role", here.lister.pk),
        ("tag", uuid4()),
    ]:
        assert client.get(reverse(f"applications:{name}", args=[shop, part])).status_code == 404


def test_opening_an_application_is_on_record_and_changes_nothing(here: Landscape, client: Client) -> None:
    client.force_login(here.lister)
    client.get(reverse("applications:detail", args=[here.shop.pk]))
    event = Event.objects.latest("pk")
    assert (event.sentence, event.is_update) == ("Accessed application 'Shop' details", False)
