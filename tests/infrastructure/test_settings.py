"""The settings of the console: who carries out deployments, chosen among what the server offers."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from infrastructure import services
from infrastructure.forms import SettingsForm
from infrastructure.models import ConsoleSettings
from infrastructure.programs import available_programs, program_path
from tests.factories import SYSTEM, administrator
from tests.told import told


@pytest.fixture
def programs(tmp_path: Path, settings: Any) -> Path:
    """A folder of programs as a server's administrator leaves it: one program, and what is none."""
    for name, mode in (("deploy", 0o755), ("notes.txt", 0o644), (".hidden", 0o755)):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(mode)
    (tmp_path / "folder").mkdir()
    settings.RUNNER_PROGRAMS = tmp_path
    return tmp_path


def stored() -> tuple[str, str, int]:
    found = ConsoleSettings.load()
    return found.runner, found.runner_program, found.runner_timeout


def test_only_executable_files_of_the_folder_are_programs(programs: Path) -> None:
    assert available_programs() == ["deploy"]
    assert program_path("deploy") == programs / "deploy"


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "folder", "../deploy", "/bin/sh", ""])
def test_nothing_else_can_be_called(programs: Path, name: str) -> None:
    assert program_path(name) is None


def test_without_a_folder_there_are_no_programs(settings: Any, tmp_path: Path) -> None:
    for folder in (None, tmp_path / "gone"):
        settings.RUNNER_PROGRAMS = folder
        assert available_programs() == []
        assert program_path("deploy") is None
        assert "RUNNER_PROGRAMS" in str(SettingsForm()["runner_program"].help_text)


def test_a_program_that_is_gone_is_still_shown_as_the_choice() -> None:
    form = SettingsForm(initial={"runner_program": "deploy"})
    assert "deploy (not there any more)" in str(form["runner_program"])


@pytest.mark.usefixtures("assert_nothing_outside", "programs")
def test_each_changed_setting_is_told_and_the_change_as_a_whole() -> None:
    ada = administrator()
    with told() as events:
        services.change_settings(by=ada, runner="command", runner_program="deploy", runner_timeout=60)
    registry, command = (choice.label for choice in ConsoleSettings.Runner)
    assert [(event.sentence, set(event.fields)) for event in events] == [
        (f"Deployment runner changed from '{registry}' to '{command}'", {"runner"}),
        ("Program of the deployment runner changed from 'none' to 'deploy'", {"runner_program"}),
        (
            "Time limit of the deployment runner changed from 600 to 60 seconds per application",
            {"runner_timeout"},
        ),
        ("Infrastructure settings updated.", {"runner", "runner_program", "runner_timeout"}),
    ]
    assert {event.subjects for event in events} == {("Infrastructure",)}
    assert stored() == ("command", "deploy", 60)
    with told() as events:
        services.change_settings(by=ada, runner="command", runner_program="deploy", runner_timeout=60)
    assert events == []


@pytest.mark.parametrize(
    ("runner", "program", "timeout", "field"),
    [
        ("shell", "deploy", 60, "runner"),
        ("command", "", 60, "runner_program"),
        ("command", "notes.txt", 60, "runner_program"),
        ("command", "../deploy", 60, "runner_program"),
        ("command", "deploy", 0, "runner_timeout"),
        ("command", "deploy", 86_401, "runner_timeout"),
    ],
)
@pytest.mark.django_db
@pytest.mark.usefixtures("programs")
def test_settings_that_are_not_right_say_at_which_field(
    runner: str, program: str, timeout: int, field: str
) -> None:
    before = stored()
    with told() as events, pytest.raises(ValidationError) as error:
        services.change_settings(by=SYSTEM, runner=runner, runner_program=program, runner_timeout=timeout)
    assert list(error.value.message_dict) == [field]
    assert events == []
    assert stored() == before
