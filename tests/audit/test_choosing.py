"""Choosing one of many: a list while they are few, a name to type when they are many."""

from typing import Any

import pytest
from django import forms
from django.test import Client

from audit.activity import choosing
from tests.audit.events import event
from tests.factories import person
from users.forms import UserField
from users.models import User

pytestmark = pytest.mark.django_db
LOG = "/audit-logs/"


class WhoForm(forms.Form):
    """Asks for somebody."""

    user = UserField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.filter(is_builtin=False).in_order()  # type: ignore[attr-defined]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> list[User]:
    """More people than a list holds."""
    monkeypatch.setattr(choosing, "LISTED", 3)
    return [person(name) for name in ("ana.lopes", "ana.silva", "anabel", "jun.sato")]


def chosen(text: object) -> User:
    form = WhoForm({"user": str(text)})
    assert form.is_valid(), form.errors
    found: User = form.cleaned_data["user"]
    return found


def test_of_few_there_is_a_list_with_everybody() -> None:
    ana, jun = person("ana.lopes"), person("jun.sato")
    shown = str(WhoForm()["user"])
    assert "<select" in shown
    assert "Ana Lopes (ana.lopes)" in shown
    assert (chosen(ana.pk), chosen(jun.pk)) == (ana, jun)


def test_of_many_one_is_found_by_username_part_of_the_name_label_or_key(many: list[User]) -> None:
    shown = str(WhoForm()["user"])
    assert "<input" in shown
    assert "Lopes" not in shown
    assert WhoForm()["user"].help_text.startswith("Type the username")
    ana, _, anabel, jun = many
    assert [chosen(text) for text in ("ANA.LOPES", "sato", "Anabel (anabel)", ana.pk)] == [
        ana,
        jun,
        anabel,
        ana,
    ]
    assert "Ana Lopes (ana.lopes)" in str(WhoForm(initial={"user": ana.pk})["user"])


def test_where_several_match_the_form_lists_them(many: list[User]) -> None:
    form = WhoForm({"user": "ana"})
    (complaint,) = form.errors["user"]
    assert str(complaint).startswith("3 match “ana”: Ana Lopes (ana.lopes), Ana Silva (ana.silva), Anabel")
    shown = str(form["user"])
    assert shown.count("<option value") == 4
    assert "jun.sato" not in shown
    assert many[0] == chosen(many[0].pk)


def test_what_matches_nobody_or_far_too_many_is_complained_of(many: list[User]) -> None:
    complaints = {text: str(WhoForm({"user": text}).errors["user"][0]) for text in ("a", "zoe", "a\0")}
    assert "type more of the name" in complaints["a"]
    assert "nothing called “zoe”" in complaints["zoe"]
    assert WhoForm({"user": ""}).errors["user"]


def test_nobody_outside_the_choice_is_chosen(many: list[User]) -> None:
    outsider = User.objects.get(is_builtin=True)
    for text in (outsider.pk, outsider.username):
        assert not WhoForm({"user": str(text)}).is_valid()


def found(client: Client, who: str) -> set[str]:
    """The sentences of this test in the log, filtered by whoever is meant."""
    events = client.get(LOG, {"user": who}).context["rows"]
    return {str(row.event) for row in events if row.event.activity == "audit.test"}


def test_of_thousands_of_accounts_one_types_who_is_meant(client: Client) -> None:
    ana = person("ana.lopes")
    crowd = (
        User(username=f"crowd.{number}", name=f"Crowd {number}", role=ana.role) for number in range(2000)
    )
    User.objects.bulk_create(crowd)
    event("hers", by=ana)
    event("the crowd's", by=User.objects.get(username="crowd.7"))
    event("the system's")
    page = client.get(LOG)
    assert len(page.content) < 100_000
    assert "Crowd 8" not in page.content.decode()
    asked = {"ana.lop": "hers", "CROWD.7": "the crowd's", f"{ana.pk}": "hers", "system": "the system's"}
    assert {who: found(client, who) for who in asked} == {who: {what} for who, what in asked.items()}
    shown = client.get(f"{LOG}?user={ana.pk}").content.decode()
    assert 'value="Ana Lopes (ana.lopes)"' in shown
    assert "User Ana Lopes (ana.lopes)" in shown
    several, nobody = (client.get(f"{LOG}?user={who}") for who in ("rowd.199", "zoe"))
    assert several.status_code == nobody.status_code == 400
    assert "11 match “rowd.199”" in several.content.decode()
    assert "There is nothing called “zoe”" in nobody.content.decode()
