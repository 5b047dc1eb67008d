"""DATABASE_URL: what is understood, and what is refused without repeating a password."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from auditconsole.database import BACKEND, database
from auditconsole.database.address import EXAMPLE, parse


def test_a_whole_address_is_understood() -> None:
    settings = parse("postgresql://console:p%2Fw%40rd@db.example.org:6432/landscape?sslmode=require")
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.example.org", 6432, "landscape")
    assert (settings["USER"], settings["PASSWORD"]) == ("console", "p/w@rd")
    assert settings["OPTIONS"] == {"sslmode": "require"}


def test_a_socket_is_understood() -> None:
    assert parse("postgres://postgres@%2Frun%2Fpostgresql/landscape")["HOST"] == "/run/postgresql"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://ana:hunter2@host/name", "does not begin with postgresql://"),
        ("ana:hunter2@host/name", "does not begin with postgresql://"),
        ("postgresql://ana:hunter2@host:5432", "name of the database is missing"),
        ("postgresql://ana:hunter2@host:5432/", "name of the database is missing"),
        ("postgresql://ana:hunter2@host:port/name", "is the port a number"),
        ("postgresql://ana:hunter2@host:123456/name", "is the port a number"),
        ("postgresql://ana:hun/ter2@host:5432/name", "percent-encoded"),
        ("postgresql://ana:hun#ter2@host:5432/name", "percent-encoded"),
        ("postgresql://ana:hun?ter2@host:5432/name", "percent-encoded"),
        ("postgresql://[ana:hunter2@host/name", "cannot be read"),
    ],
)
def test_a_malformed_address_is_refused_with_what_would_be_right(url: str, why: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        parse(url)
    assert why in str(refused.value)
    assert EXAMPLE in str(refused.value)
    assert "ter2" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://host/name")
    assert database(tmp_path)["HOST"] == "host"
    monkeypatch.delenv("DATABASE_URL")
    assert database(tmp_path)["EMBEDDED"] == str(tmp_path / ".postgres")
    assert database(tmp_path)["ENGINE"] == BACKEND
