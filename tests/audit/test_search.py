"""Searching the record: by the index, whatever is searched for, and with the same pages as without."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict

from audit import searching
from audit.api.filters import RecordFilter
from audit.models import Event, SentenceWords
from audit.paging import Place
from audit.searching import SearchedLog
from tests.audit.events import event

pytestmark = pytest.mark.django_db
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("query", ["message=fleet", "message=a+b", "changed=levels", "ip=192.0.2.1"])
def test_an_index_finds_it(query: str) -> None:
    found = RecordFilter(QueryDict(query), Event.objects.all()).qs
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "audit_event_search" in found.explain()


@pytest.mark.parametrize("written", ["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:C000:201"])
def test_an_address_is_found_however_it_is_written(written: str) -> None:
    kept = event("Number 1", ip="192.0.2.1", at=NOON)
    event("Number 2", ip="192.0.2.2", at=NOON)
    assert list(RecordFilter(QueryDict(f"ip={written}"), Event.objects.all()).qs) == [kept]


def test_all_punctuation_separates_words() -> None:
    chance = random.Random(7)  # noqa: S311  (chance, not secrets)
    letters = f"ab1e9zA{PUNCTUATION}  .-/@:äß"
    texts = ["".join(chance.choices(letters, k=chance.randint(1, 14))) for _ in range(20_000)]
    texts += [
        "http://a.b/c?d=e",
        "<a href='x'>",
        "&amp;x",
        "x@y.z",
        "1.5e-3",
        "~/a",
        r"a\b",
        "%20",
        "<!-- c -->",
    ]
    ours = SentenceWords.template % {"expressions": "details"}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT text FROM unnest(%s::text[]) AS text,
                LATERAL (SELECT jsonb_build_object('sentence', text)) AS its (details)
            WHERE {ours} <> to_tsvector('simple', translate(text, %s, repeat(' ', 32)))
            """,  # noqa: S608  (ours)
            [texts, PUNCTUATION],
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize("near", [1, 5, 100])
def test_pages_are_the_same_however_far_away_it_is(near: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "NEAR", near)
    for number in range(40):  # it was common long ago; two each happen at the same moment
        is_wanted = number % 5 > 0 if number < 20 else number == 30
        ip = "192.0.2.1" if is_wanted else "192.0.2.2"
        event(f"Number {number}", ip=ip, at=NOON + timedelta(minutes=number // 2))
    found = Event.objects.from_address("192.0.2.1")
    wanted = sorted(found, key=lambda one: (one.at, one.pk), reverse=True)
    log, page = SearchedLog(found, size=3), SearchedLog(found, size=3).newest()
    pages = [page]
    while page.older:
        page = log.older(page.older)
        pages.append(page)
    assert [one for page in pages for one in page.events] == wanted
    assert len(pages) > 3
    assert pages[2].newer
    assert log.newer(pages[2].newer).events == pages[1].events
    until = wanted[4].at
    earlier = SearchedLog(found.filter(at__lt=until), size=50, until=until).newest()
    assert earlier.events == [one for one in wanted if one.at < until]
    assert log.older(Place.of(wanted[-1])).events == []
