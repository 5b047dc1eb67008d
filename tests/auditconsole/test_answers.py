"""What every answer carries whatever it is, and what no request can do before a view reads it."""

from collections.abc import Callable
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.http import HttpResponseBase
from django.test import Client, override_settings

from auditconsole.wsgi import application
from tests import factories

ANSWERS: dict[str, Callable[[Client, Client], HttpResponseBase]] = {
    "a page": lambda signed_in, _: signed_in.get("/users/"),
    "a page that is refused": lambda signed_in, _: signed_in.delete("/users/"),
    "nothing there": lambda signed_in, _: signed_in.get("/nothing/"),
    "a file of events": lambda signed_in, _: signed_in.get("/audit-logs/excel/"),
    "the way to signing in": lambda _, anybody: anybody.get("/users/"),
    "a slash that was missing": lambda signed_in, _: signed_in.get("/users"),
    "the API": lambda _, anybody: anybody.get("/lifetimeapi/rest/v2/environments/"),
    "another host's name": lambda _, anybody: anybody.get("/users/", headers={"host": "elsewhere.example"}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_no_answer_is_kept_framed_or_without_policy(
    answer: Callable[[Client, Client], HttpResponseBase],
) -> None:
    signed_in = Client()
    signed_in.force_login(factories.administrator())
    response = answer(signed_in, Client())
    assert response["Cache-Control"].startswith("no-store")
    _check_headers(response)
    response.close()


@pytest.mark.django_db
def test_the_consoles_own_files_are_not_framed_either() -> None:
    response = Client().get("/static/console.css")
    assert "no-store" not in response["Cache-Control"]
    _check_headers(response)
    response.close()


@pytest.mark.django_db
@override_settings(SECURE_SSL_REDIRECT=True)
def test_the_way_to_https_carries_the_headers_too() -> None:
    response = Client().get("/users/")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/users/")
    _check_headers(response)


@pytest.mark.usefixtures("committed_db")  # the server's entry point closes its connections
def test_a_request_is_read_as_utf_8_whatever_it_claims() -> None:
    for charset in ("rot13", "hex", "idna", "unicode_escape", "utf-7", "utf-16", "none"):
        for content_type in ("text/plain", "multipart/form-data; boundary=b"):
            assert _status(f"{content_type}; CharSet={charset}") == "200 OK", (content_type, charset)


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize("target", ["*", "x"])
def test_a_request_for_no_path_is_nothing_here(target: str) -> None:
    assert _status("text/plain", REQUEST_METHOD="OPTIONS", PATH_INFO=target) == "404 Not Found"


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["aaaaaaaaaaaa\0b", "' OR 1=1; --", "é" * 32, "a" * 9000, ""])
def test_a_cookie_that_is_no_session_of_ours_is_nobodys(cookie: str) -> None:
    client = Client()
    client.cookies["session"] = cookie
    assert client.get("/sign-in/").status_code == 200
    assert client.get("/")["Location"] == "/sign-in/?next=/"


def _status(content_type: str, **more: str) -> str:
    answered: list[str] = []
    environ: dict[str, Any] = {
        "PATH_INFO": "/sign-in/",
        "QUERY_STRING": "next=%41%5Cud800%2B2AA-",
        "CONTENT_TYPE": content_type,
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        **more,
    }
    setup_testing_defaults(environ)

    def start_response(status: str, *_: Any) -> Callable[[bytes], None]:
        answered.append(status)
        return lambda _: None

    response: Any = application(environ, start_response)
    list(response)
    response.close()
    return answered[0]


def _check_headers(response: HttpResponseBase) -> None:
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
