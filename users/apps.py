from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "users"

    def ready(self) -> None:
        from users import activities, rules  # noqa: F401  (declaring is importing)
