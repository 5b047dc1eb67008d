"""What the pages about environments and settings ask for. What is right decides the service."""

from typing import Any

from django import forms

from infrastructure.models import ConsoleSettings, Environment
from infrastructure.programs import available_programs


class EnvironmentForm(forms.Form):
    """What is known of an environment."""

    name = forms.CharField(max_length=50)
    purpose = forms.ChoiceField(choices=Environment.Purpose.choices)
    address = forms.CharField(
        max_length=253, required=False, help_text="Host name, such as qa.example.com.", label="Address"
    )
    two_stage = forms.BooleanField(
        required=False,
        label="Deploy in two stages",
        help_text="Plans are prepared first, without effect, and continue when somebody says so.",
    )


class RegistrationForm(EnvironmentForm):
    """A new environment, with its place among the others."""

    position = forms.TypedChoiceField(
        coerce=int, empty_value=None, required=False, label="Place in the order"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(place, f"Before {other}") for place, other in enumerate(Environment.objects.in_order())]
        self.fields["position"].choices = [("", "Last"), *places]  # type: ignore[attr-defined]


class PositionForm(forms.Form):
    """Where in the order an environment should stand."""

    position = forms.TypedChoiceField(coerce=int, label="Place in the order")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = enumerate(Environment.objects.in_order())
        places = [(place, f"{place + 1} (now {environment})") for place, environment in order]
        self.fields["position"].choices = places  # type: ignore[attr-defined]


class MaintenanceForm(forms.Form):
    """Why an environment is closed."""

    reason = forms.CharField(
        max_length=500, help_text="People read it wherever the environment is shown. It stays in the record."
    )


class SettingsForm(forms.Form):
    """How deployments are carried out."""

    runner = forms.ChoiceField(
        choices=ConsoleSettings.Runner.choices, widget=forms.RadioSelect, label="Deployment runner"
    )
    runner_program = forms.ChoiceField(required=False, label="Program")
    runner_timeout = forms.IntegerField(
        label="Time limit per application",
        help_text="In seconds. A program that takes longer is stopped, and the application has failed.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.initial.get("runner_program")
        programs = [(name, name) for name in available_programs()]
        if chosen and (chosen, chosen) not in programs:
            programs.insert(0, (chosen, f"{chosen} (not there any more)"))
        field = self.fields["runner_program"]
        field.choices = [("", "none"), *programs]  # type: ignore[attr-defined]
        field.help_text = (
            "Called once per application. The server's administrator decides which programs there are."
            if programs
            else "The server offers no programs: its administrator sets RUNNER_PROGRAMS to a folder and puts "
            "executable files into it. Then they can be chosen here."
        )
