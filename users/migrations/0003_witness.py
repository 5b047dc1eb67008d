from django.db import migrations

from audit.witness import witnessed


class Migration(migrations.Migration):
    dependencies = [("users", "0002_administrator"), ("audit", "0002_witness")]
    operations = [
        witnessed("users_user", kind=":kind", label="User", unwatched=["last_login"], secret=["password"]),
        witnessed(
            "users_token",
            kind="@kind",
            label="Service account",
            key="user_id",
            part="tokens",
            entity_table="users_user",
            unwatched=["last_used_at"],
            secret=["digest"],
        ),
    ]
