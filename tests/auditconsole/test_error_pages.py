"""The pages that say no: each names what is missing, what to do, and the request that finds it on record."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from rest_framework.request import Request

from audit.activity import Conflict, TooManyRequests
from audit.api.base import RecordView
from tests.factories import administrator, person, role
from tests.told import told

pytestmark = pytest.mark.django_db


def too_often(request: HttpRequest) -> HttpResponse:
    raise TooManyRequests("Too many exports at once.", seconds=90)


def quicker(request: HttpRequest) -> HttpResponse:
    raise Conflict


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret words of a traceback")


SQL = {
    "no-table": "SELECT 1 FROM audit_taken_away",
    "no-rights": "SET LOCAL ROLE pg_monitor; SELECT 1 FROM audit_event",
    "no-column": "SELECT colour FROM audit_event",
    "no-sense": "SELEC 1",
    "no-operator": "SELECT 1 FROM audit_event WHERE request_id = 1",
}


def asking(request: HttpRequest, why: str) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SQL[why])
    return HttpResponse()


class Asking(RecordView):
    """The same, asked by an address of the record's API."""

    def get(self, request: Request, why: str) -> HttpResponse:
        return asking(request._request, why)


urlpatterns = [
    path("asking/<str:why>/", asking),
    path("lifetimeapi/asking/<str:why>/", asking),
    path("api/v1/asking/<str:why>/", Asking.as_view()),
    path("too-often/", too_often),
    path("quicker/", quicker),
    path("broken/", broken),
    path("lifetimeapi/too-often/", too_often),
    path("", include("auditconsole.urls")),
]
handler400 = "auditconsole.errors.bad_request"
handler404 = "auditconsole.errors.not_found"
handler500 = "auditconsole.errors.server_error"


@pytest.fixture
def ada() -> Iterator[Client]:
    client = Client(raise_request_exception=False)
    client.force_login(administrator())
    with override_settings(ROOT_URLCONF=__name__, DEBUG=False):
        yield client


def shown(answer: Any) -> str:
    """Return the page, whose request id is that of the answer."""
    page: str = answer.content.decode()
    assert answer["X-Request-ID"] in page
    assert "<h1>" in page
    return page


def test_a_refusal_names_the_permission_and_who_can_give_it() -> None:
    administrator("ingrid.holm")
    stan = Client()
    stan.force_login(person("stan.stranger", role("Nothing")))
    with told() as events:
        answer = stan.get("/roles/")
    page = shown(answer)
    assert answer.status_code == 403
    assert "This needs Manage Infrastructure and Users." in page
    assert "Ingrid Holm can give you" in page
    assert [event.outcome for event in events] == ["refused"]


def test_a_wait_is_said_in_words_and_in_the_header(ada: Client) -> None:
    answer = ada.get("/too-often/")
    assert (answer.status_code, answer["Retry-After"]) == (429, "90")
    assert "Try again in 2 minutes" in shown(answer)
    program = ada.get("/lifetimeapi/too-often/")
    assert (program.status_code, program["Retry-After"]) == (429, "90")
    assert program.json()["Errors"] == ["Too many exports at once."]


def test_what_went_wrong_is_found_by_the_request_and_says_nothing_of_the_inside(ada: Client) -> None:
    answer = ada.get("/broken/")
    page = shown(answer)
    assert answer.status_code == 500
    assert f"/audit-logs/?request={answer['X-Request-ID']}" in page
    assert "secret words" not in page
    assert ada.get(f"/audit-logs/?request={answer['X-Request-ID']}").status_code == 200


@pytest.mark.parametrize(
    ("why", "status"),
    [("no-table", 503), ("no-rights", 503), ("no-column", 500), ("no-sense", 500), ("no-operator", 500)],
)
def test_a_fault_in_our_own_sql_is_no_outage(ada: Client, why: str, status: int) -> None:
    doors = [f"/asking/{why}/", f"/lifetimeapi/asking/{why}/", f"/api/v1/asking/{why}/"]
    answers = [ada.get(door) for door in doors]
    assert [answer.status_code for answer in answers] == [status] * len(doors)
    assert answers[-1].json()["code"] == {503: "record-unavailable", 500: "internal-error"}[status]


def test_every_other_no_is_a_page_too(ada: Client) -> None:
    conflict, method = ada.get("/quicker/"), ada.get("/sign-out/")
    too_much = ada.post("/teams/new/", {"name": "x" * 1_100_000})
    assert [answer.status_code for answer in (conflict, method, too_much)] == [409, 405, 413]
    assert "went first" in shown(conflict)
    assert method["Allow"] in shown(method)
    assert "At most 1,024 KB are read." in shown(too_much)
