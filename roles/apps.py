from django.apps import AppConfig


class RolesConfig(AppConfig):
    name = "roles"

    def ready(self) -> None:
        from infrastructure.services import registration_steps
        from roles import activities, rules  # noqa: F401  (declaring is importing)
        from roles.services import give_levels

        if give_levels not in registration_steps:
            registration_steps.append(give_levels)
