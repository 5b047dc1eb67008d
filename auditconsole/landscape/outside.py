"""Somebody goes around the console: a change in SQL, which only the witness sees."""

from django.db import connection

from teams.models import Team


def change_directly(team: Team) -> None:
    """Change a team's description as one would in psql."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE teams_team SET description = %s WHERE key = %s",
            ["Warehouses, routes and customs", team.key],
        )
