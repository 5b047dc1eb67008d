from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit import activities, record  # noqa: F401  (declaring is importing)
        from audit.activity import activity_performed

        activity_performed.connect(record.write, dispatch_uid="audit.record")
