from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"

    def ready(self) -> None:
        from applications import activities, rules  # noqa: F401  (declaring is importing)
        from applications.permissions import permissions_of
        from users.views.accounts import page_parts

        if permissions_of not in page_parts:
            page_parts.append(permissions_of)
