from django.apps import AppConfig


class InfrastructureConfig(AppConfig):
    name = "infrastructure"

    def ready(self) -> None:
        from infrastructure import activities, rules  # noqa: F401  (declaring is importing)
