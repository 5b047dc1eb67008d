"""What everybody may change about themselves: the time zone, and the password if they know it."""

import pytest
from django.test import Client

from tests.factories import PASSWORD, person, role

pytestmark = pytest.mark.django_db

NEW = PASSWORD + "-new"
ROLE = "00000000-0000-4000-8000-000000000012"


def test_everybody_has_a_profile_where_only_the_time_zone_can_be_changed(client: Client) -> None:
    ana = person("ana.lopes", role("Nothing"), email="ana@example.com")
    client.force_login(ana)
    assert "ana@example.com" in client.get("/profile/").content.decode().replace("<wbr>", "")
    assert (
        client.post("/profile/", {"time_zone": "Asia/Tokyo", "name": "Boss", "role": ROLE}).status_code == 302
    )
    ana.refresh_from_db()
    assert (ana.time_zone, ana.name, str(ana.role)) == ("Asia/Tokyo", "Ana Lopes", "Nothing")
    assert client.post("/profile/", {"time_zone": "Mars/Base"}).status_code == 422


@pytest.mark.parametrize(
    ("current", "new", "again", "words"),
    [
        ("guess", NEW, NEW, "not your current password"),
        (PASSWORD, "short", "short", "12 characters"),
        (PASSWORD, NEW, NEW + "x", "not the same"),
        (PASSWORD, PASSWORD, PASSWORD, "other than the current one"),
        (PASSWORD, "A1" + "a" * 5000, "A1" + "a" * 5000, "at most 4096"),
    ],
)
def test_a_password_that_cannot_be_chosen(
    client: Client, current: str, new: str, again: str, words: str
) -> None:
    ana = person("ana.lopes", password=PASSWORD)
    client.force_login(ana)
    response = client.post("/password/", {"current": current, "password": new, "again": again})
    assert response.status_code == 422
    assert words in response.content.decode()
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)
