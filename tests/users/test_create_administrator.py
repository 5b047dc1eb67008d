"""The first person of a fresh installation."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from tests.factories import PASSWORD, SYSTEM, administrator, person
from users import services
from users.models import User

pytestmark = pytest.mark.usefixtures("assert_nothing_outside")


def make(**options: Any) -> str:
    output = io.StringIO()
    call_command("create_administrator", "andrea.fleet", "Andrea Fleet", stdout=output, **options)
    return output.getvalue()


def test_the_password_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", PASSWORD)
    assert "andrea.fleet" in make(email="andrea@example.com")
    andrea = User.objects.people().get()
    assert andrea.check_password(PASSWORD)
    assert (str(andrea.role), andrea.email) == ("Administrator", "andrea@example.com")
    event = Event.objects.newest_first()[0]
    assert (event.actor_label, event.body["reason"]) == ("System", "create_administrator")
    assert PASSWORD not in event.details


def test_or_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADMINISTRATOR_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    make()
    assert User.objects.people().get().check_password(PASSWORD)


@pytest.mark.parametrize(("password", "why"), [("", "standard input"), ("short", "12 characters")])
def test_without_a_good_password_nobody_is_made(
    monkeypatch: pytest.MonkeyPatch, password: str, why: str
) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", password)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match=why):
        make()
    assert not User.objects.people().exists()


def test_it_makes_only_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", PASSWORD)
    person("ana.lopes")
    administrator()
    with pytest.raises(CommandError, match="in the console"):
        make()
    services.deactivate_user(User.objects.get(username="ada.admin"), by=SYSTEM)
    make()  # nobody who is active could do it in the console
