"""The pages of roles: who may open and send which; that they do it, and say whom it affects."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from infrastructure.models import Environment
from roles.levels import RoleLevel
from roles.models import Level, Role
from tests.factories import (
    SYSTEM,
    administrator,
    administrator_role,
    developer_role,
    environment,
    person,
    role,
    team,
)
from tests.told import told
from users import services

pytestmark = pytest.mark.django_db

PAGES: list[tuple[str, dict[str, Any] | None, int]] = [
    ("list", None, 200),
    ("create", None, 200),
    ("create", {"name": "New"}, 302),
    ("detail", None, 200),
    ("edit", None, 200),
    ("edit", {"name": "Testers"}, 302),
    ("delete", None, 200),
    ("delete", {}, 302),
]
KEYLESS = {"list", "create"}


def send(client: Client, url: str, data: dict[str, Any] | None) -> Any:
    return client.get(url) if data is None else client.post(url, data)


def sent(place: Environment, level: int, *switches: str) -> dict[str, str]:
    return {f"level_{place.pk}": str(level), **{f"{switch}_{place.pk}": "on" for switch in switches}}


@pytest.mark.parametrize(("page", "data", "status"), PAGES)
def test_who_may_open_and_send_what(
    client: Client, page: str, data: dict[str, Any] | None, status: int
) -> None:
    url = reverse(f"roles:{page}", args=[] if page in KEYLESS else [role("Tester").pk])
    widest = role("Widest", manage_teams=True, view_audit_logs=True)
    for stranger in (person("stan.stranger", role("Nothing")), person("will.wide", widest)):
        client.force_login(stranger)
        with told() as events:
            assert send(client, url, data).status_code == (403 if page in KEYLESS else 404)
        assert [event.outcome for event in events] == (["refused"] if page in KEYLESS else [])
    client.force_login(administrator())
    assert send(client, url, data).status_code == status
    client.logout()
    assert send(client, url, data)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("page", ["detail", "edit", "delete"])
def test_a_guessed_key_is_not_found(client: Client, page: str) -> None:
    client.force_login(administrator())
    assert client.get(reverse(f"roles:{page}", args=[uuid4()])).status_code == 404


def test_opening_a_role_is_told(client: Client) -> None:
    client.force_login(administrator())
    with told() as events:
        client.get(reverse("roles:detail", args=[role("Tester").pk]))
    assert events[-1].sentence == "Accessed role 'Tester' details"


def test_the_matrix_begins_with_the_builtin_roles_and_marks_them(client: Client) -> None:
    dev = environment("Development")
    role("A first by name", {dev: RoleLevel(Level.CHANGE_AND_DEPLOY, True, False)})
    client.force_login(administrator())
    text = client.get(reverse("roles:list")).content.decode()
    order = [text.index(f">{name}</a>") for name in ("Administrator", "Developer", "A first by name")]
    assert order == sorted(order)
    assert text.count("built-in") == 2
    assert "+ Create Applications" in text


def test_the_matrix_asks_the_database_as_often_for_many_as_for_few(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(4):
        environment(f"Environment {number}")
    for number in range(12):
        role(f"Role {number}")
    client.force_login(administrator())
    with django_assert_max_num_queries(10):
        assert client.get(reverse("roles:list")).status_code == 200


def test_one_form_changes_everything_after_saying_whom_it_affects(client: Client) -> None:
    dev, qa = environment("Development"), environment("QA")
    tester = role("Tester", {dev: Level.OPEN, qa: RoleLevel(Level.LIST, False, True)}, view_audit_logs=True)
    ana, bo = person("ana.lopes", tester), person("bo.chen")
    team("Payments", {bo: tester})
    client.force_login(administrator())
    url = reverse("roles:edit", args=[tester.pk])
    data = {
        "name": "Testers",
        "description": "Tests.",
        "manage_teams": "on",
        **sent(dev, 6, "create_applications", "add_system_dependencies"),
        **sent(qa, 0),
    }
    review = client.post(url, data)
    text = review.content.decode()
    for words in (
        "1 person goes from &#x27;Open and Debug Applications&#x27; to &#x27;Full Control&#x27; in Development.",
        "1 person loses access to QA.",
        "&#x27;Manage Teams and Application Roles&#x27; is turned on for 2 people.",
        "&#x27;View Audit Logs&#x27; is turned off for 1 person.",
    ):
        assert words in text
    assert f'Who"><bdi>{ana.name}</bdi></td>' in text
    tester.refresh_from_db()
    assert tester.name == "Tester"
    back = client.post(url, {**data, "back": ""})
    assert 'value="Testers"' in back.content.decode()
    assert b"is-invalid" not in back.content
    services.change_default_role(bo, by=SYSTEM, role=tester)
    again = client.post(url, {**data, "reviewed": review.context["preview"].digest})
    assert "Look again" in again.content.decode()
    assert client.post(url, {**data, "reviewed": again.context["preview"].digest}).status_code == 302
    tester.refresh_from_db()
    assert (tester.name, tester.manage_teams, tester.view_audit_logs) == ("Testers", True, False)
    levels = {row.environment.name: (row.level, row.create_applications) for row in tester.levels.all()}
    assert levels == {"Development": (6, True), "QA": (0, False)}


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(client: Client) -> None:
    dev = environment("Development")
    tester = role("Tester")
    client.force_login(administrator())
    url = reverse("roles:edit", args=[tester.pk])
    response = client.post(url, {"name": "Kept", **sent(dev, 2, "create_applications")})
    text = response.content.decode()
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {f"create_applications_{dev.pk}"}
    assert f'href="#id_create_applications_{dev.pk}"' in text
    assert 'value="Kept"' in text
    taken = client.post(url, {"name": "developer", **sent(dev, 2)})
    assert "Choose another name" in taken.content.decode()
    for bad in ({"name": ""}, {"name": "x" * 51}, {"name": "a\0"}, {"name": "ok", f"level_{dev.pk}": "9"}):
        assert client.post(url, {**sent(dev, 2), **bad}).status_code == 422
    assert "<h1>Edit role" in text
    tester.refresh_from_db()
    assert tester.name == "Tester"


def test_hostile_names_are_shown_as_text(client: Client) -> None:
    hostile = role("<script>alert(1)</script>", description="<img src=x onerror=alert(1)>")
    client.force_login(administrator())
    for page in ("detail", "edit", "delete"):
        text = client.get(reverse(f"roles:{page}", args=[hostile.pk])).content
        assert b"<script>alert" not in text
        assert b"<img src=x" not in text
    assert b"<script>alert" not in client.get(reverse("roles:list")).content


def test_the_same_form_sent_twice_makes_one_role(client: Client) -> None:
    client.force_login(administrator())
    url = reverse("roles:create")
    assert [client.post(url, {"name": "Tester"}).status_code for _ in range(2)] == [302, 422]


def test_builtin_roles_offer_only_what_is_possible(client: Client) -> None:
    client.force_login(administrator())
    for builtin, editable in ((administrator_role(), False), (developer_role(), True)):
        text = client.get(reverse("roles:detail", args=[builtin.pk])).content.decode()
        assert (reverse("roles:edit", args=[builtin.pk]) in text) == editable
        assert reverse("roles:delete", args=[builtin.pk]) not in text
        assert client.post(reverse("roles:delete", args=[builtin.pk]), {}).status_code == 422


def test_deleting_asks_for_a_replacement_only_if_somebody_holds_the_role(client: Client) -> None:
    tester, unused = role("Tester"), role("Unused")
    ana = person("ana.lopes", tester)
    client.force_login(administrator())
    assert b"Replacement role" not in client.get(reverse("roles:delete", args=[unused.pk])).content
    url = reverse("roles:delete", args=[tester.pk])
    page = client.get(url).content.decode()
    assert "1 account is affected" in page
    assert "Delete role Tester" in page
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"replacement": tester.pk}).status_code == 422
    assert client.post(url, {"replacement": unused.pk}).status_code == 302
    ana.refresh_from_db()
    assert ana.role == unused
    assert not Role.objects.filter(name="Tester").exists()
    assert client.post(url, {}).status_code == 404


def test_a_role_above_ones_own_is_refused_with_the_reason(client: Client) -> None:
    dev = environment("Development")
    client.force_login(person("max.manager", role("Manager", manage_infrastructure=True)))
    with told() as events:
        response = client.post(reverse("roles:create"), {"name": "High", **sent(dev, 6)})
    assert response.status_code == 403
    assert "nowhere above your own" in response.content.decode()
    assert [event.outcome for event in events] == ["refused"]
