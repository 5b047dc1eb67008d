"""The Excel file holds exactly the filtered events, runs nothing, and is itself on record."""

import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from audit.activity import System
from audit.export import COLUMNS, EXCEL_ROWS, EXCEL_TEXT, Workbook, reads_as_formula
from audit.models import Event
from tests import factories
from tests.audit.events import event
from users.models import User

pytestmark = pytest.mark.django_db
EXCEL = "/audit-logs/excel/"
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "\u00a0=1",
    "\n=1",
    " \t @x",
    "\uff1d1+1",
    "{=1}",
    "https://example.com",
]


@pytest.fixture
def reader() -> User:
    return factories.administrator(time_zone="Europe/Lisbon")


@pytest.fixture
def client(reader: User) -> Client:
    client = Client()
    client.force_login(reader)
    return client


def download(client: Client, query: str = "") -> bytes:
    response: Any = client.get(f"{EXCEL}?{query}")
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith('attachment; filename="audit-logs-')
    return b"".join(response.streaming_content)


def written(events: list[Event], sheet_rows: int = EXCEL_ROWS) -> bytes:
    workbook = Workbook(sheet_rows)
    workbook.add(events)
    with workbook.finish({}) as file:
        return file.read()


def rows(content: bytes, sheet: str = "Events 1") -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    heading, *lines = book[sheet].iter_rows(values_only=True)
    return [dict(zip([str(title).split(" (")[0] for title in heading], line, strict=True)) for line in lines]


def test_a_row_says_all_of_an_event(client: Client, reader: User) -> None:
    role = factories.role("Tester")
    made = event(
        "Role 'Tester' updated",
        by=reader,
        about=[role],
        at=datetime(2026, 7, 1, 12, 0, 5, 123_456, tzinfo=UTC),
        outcome="failed",
        channel="lifetime-api",
        changes={"Name": ["Old", "New"], "Order": [None, 3]},
        reason="CHG-1",
        ip="10.0.0.1",
    )
    (row,) = rows(download(client, "since=2026-07-01&until=2026-07-01"))
    assert row == {
        "Time": datetime(2026, 7, 1, 13, 0, 5, 123_000),  # Lisbon's summer; Excel counts milliseconds
        "UTC": "2026-07-01T12:00:05.123456Z",
        "User": "Ada Admin",
        "Sort of user": "person",
        "Kind": "Role",
        "Message": "Role 'Tester' updated",
        "Outcome": "failed",
        "Channel": "LifeTime API",
        "Changes": "Name: Old → New\nOrder: (nothing) → 3",
        "Reason": "CHG-1",
        "IP address": "10.0.0.1",
        "Request": str(made.request_id),
        "Event": str(made.pk),
    }


def test_the_file_holds_what_the_page_shows(client: Client) -> None:
    for n in range(70):
        event(f"wanted {n}", outcome="failed" if n % 2 else "succeeded")
        event(f"other {n}")
    exported = rows(download(client, "message=wanted&failed=1"))
    page = client.get("/audit-logs/", {"message": "wanted", "failed": "1"}).content.decode()
    assert len(exported) == 35
    assert "Displaying 35 events." in page
    assert [row["Event"] for row in exported] == [
        str(number)
        for number in Event.objects.filter(outcome="failed").newest_first().values_list("pk", flat=True)
    ]
    assert all(f'id="e{row["Event"]}"' in page for row in exported)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(client: Client, text: str) -> None:
    event(text, by=System("test", actor_label=text), changes={text: [text, text]}, reason=text, ip=text)
    content = download(client)
    with ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/"):
                sheet = parts.read(name).decode()
                assert "<f>" not in sheet
                assert "<hyperlink" not in sheet
    cells = openpyxl.load_workbook(io.BytesIO(content))["Events 1"][2]
    by_title = dict(zip([name for name, _ in COLUMNS], cells, strict=True))
    for title in ("User", "Message", "Reason", "IP address", "Changes"):
        cell = by_title[title]
        assert cell.data_type != "f"
        assert bool(cell.quotePrefix) == reads_as_formula(text), title


@pytest.mark.parametrize("text", FORMULAS[:-2])
def test_what_a_spreadsheet_takes_for_a_formula(text: str) -> None:
    assert reads_as_formula(text)


@pytest.mark.parametrize("text", ["", "Role", "1-1", "a=b", "'=1"])
def test_what_it_does_not(text: str) -> None:
    assert not reads_as_formula(text)


def test_the_export_is_on_record_with_its_filter(client: Client, reader: User) -> None:
    event("wanted")
    download(client, "message=wanted&user=system&updates=1&since=2026-01-02&until=2999-12-31&kind=")
    exported = Event.objects.newest_first()[0]
    assert (exported.activity, exported.actor_key) == ("audit.logs_exported", reader.pk)
    assert not exported.is_update
    assert str(exported) == (
        "Exported 1 event of the audit logs to Excel "
        "(Message “wanted”; From 2 Jan 2026; To 31 Dec 2999; User System; Only updates)"
    )
    download(client, "since=")
    assert "(everything)" in str(Event.objects.newest_first()[0])


def test_the_last_sheet_says_what_the_file_is(client: Client) -> None:
    event("wanted")
    book = openpyxl.load_workbook(io.BytesIO(download(client, "message=wanted")))
    about = dict(book["About"].iter_rows(values_only=True))
    assert about["Filter"] == "Message “wanted”; Last 7 days"
    assert about["Exported by"] == "Ada Admin"
    assert about["Events"] == "1"


def test_an_empty_export_is_a_file_with_a_heading(client: Client) -> None:
    assert rows(download(client, "message=unheard")) == []


def test_sheets_follow_each_other(reader: User) -> None:
    made = [event(f"number {n}") for n in range(7)]
    content = written(made, sheet_rows=4)  # a heading and three events
    titles = [f"Events {n}" for n in (1, 2, 3)]
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == [*titles, "About"]
    found = [row["Message"] for title in titles for row in rows(content, title)]
    assert found == [str(e) for e in made]


def test_more_text_than_a_cell_holds_is_cut_and_says_so(reader: User) -> None:
    made = event("a" * 50_000)
    (row,) = rows(written([made]))
    assert len(row["Message"]) == EXCEL_TEXT
    assert row["Message"].endswith("(cut: the console shows the whole)")


def test_control_characters_survive(client: Client) -> None:
    event("a\x01b\x0bc\ufffe_x000D_")
    assert "a_x0001_b_x000B_c_xFFFE__x005F_x000D_" in [row["Message"] for row in rows(download(client))]


def test_memory_stays_flat(reader: User) -> None:
    made = event("a" * 1000, changes={"Name": ["b" * 500, "c" * 500]})

    def peak(number: int) -> int:
        def repeated() -> Iterator[Event]:
            for _ in range(number):
                yield made

        tracemalloc.start()
        workbook = Workbook()
        workbook.add(repeated())
        workbook.finish({}).close()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(4_000) < 1.5 * peak(400)


def test_times_in_the_about_sheet_are_the_readers(client: Client) -> None:
    book = openpyxl.load_workbook(io.BytesIO(download(client)))
    about = dict(book["About"].iter_rows(values_only=True))
    at = datetime.fromisoformat(str(about["Exported at"]))
    assert abs((timezone.now() - at).total_seconds()) < 60
    assert book["Events 1"]["A1"].value == "Time (Europe/Lisbon)"
