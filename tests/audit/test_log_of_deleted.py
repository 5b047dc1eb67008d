"""A thing that was deleted keeps its change log, for those who may read everything; to others it never was."""

from html import unescape

import pytest
from django.urls import reverse

from audit.models import Event
from teams.services import change_team, delete_team
from tests.audit.readers import row, sentence_of, signed_in
from tests.audit.test_log_permissions import body
from tests.factories import administrator, person, role, team
from tests.told import told
from users.models import User

pytestmark = pytest.mark.django_db
VIEWED = "Viewed the change log of team 'Collections', which was deleted"


@pytest.fixture
def ada() -> User:
    return administrator()


@pytest.fixture
def log(ada: User) -> str:
    """The address of the change log of a team that was renamed, and then deleted."""
    gone = team("Payments")
    change_team(gone, by=ada, name="Collections", description="")
    address = reverse("audit:change_log", args=["team", gone.pk])
    delete_team(gone, by=ada)
    return address


def test_an_auditor_reads_what_happened_up_to_the_end_and_that_is_on_record_once_a_visit(log: str) -> None:
    auditor = signed_in(person("nadia.haddad", role("Auditor", view_audit_logs=True)))
    with told() as events:
        pages = [unescape(auditor.get(log).content.decode()) for _ in range(2)]
    assert [event.sentence for event in events] == [VIEWED]
    for text in ("Change log of team Collections", "was deleted", "Payments"):
        assert text in pages[0]
    assert "which was deleted" in pages[1]


def test_in_the_audit_logs_its_name_leads_there(ada: User, log: str) -> None:
    page = signed_in(ada).get("/audit-logs/")
    deletion = Event.objects.filter(activity="teams.team.deleted").get()
    assert f'href="{log}"' in sentence_of(row(page, deletion))


def test_the_api_tells_the_same(ada: User, log: str) -> None:
    address = log.replace("/change-log/team/", "/api/v1/teams/") + "change-log"
    answer = signed_in(ada).get(address)
    assert answer.status_code == 200, answer.content
    assert "Team 'Collections' deleted" in answer.content.decode()
    assert [Event.objects.newest_first()[0].sentence] == [VIEWED]


@pytest.mark.parametrize("kind", ["role", "user", "service_account"])
def test_whatever_was_never_of_a_kind_has_no_log_there(ada: User, log: str, kind: str) -> None:
    assert signed_in(ada).get(log.replace("/team/", f"/{kind}/")).status_code == 404


def test_who_reads_less_than_everything_learns_nothing(log: str) -> None:
    client = signed_in(person("lena.lead", role("Lead", manage_teams=True)))
    hidden = client.get(log)
    never = client.get(reverse("audit:change_log", args=["team", "00000000-0000-0000-0000-000000000001"]))
    assert (hidden.status_code, body(hidden)) == (404, body(never))
