from django.apps import AppConfig


class RolesConfig(AppConfig):
    name = "roles"

    def ready(self) -> None:
        from roles import activities, rules  # noqa: F401  (declaring is importing)
