"""Whose address is recorded and counted where proxies stand in front: never what a client says of itself."""

import pytest
from django.conf import LazySettings
from django.test import RequestFactory

from auditconsole.middleware import address_of

CLIENT, INNER, FORGED = "203.0.113.9", "10.0.0.2", "198.51.100.66"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, INNER),
        (0, CLIENT, INNER),
        (1, CLIENT, CLIENT),
        (1, f"{FORGED}, {CLIENT}", CLIENT),
        (2, f"{FORGED}, {CLIENT}, {INNER}", CLIENT),
        (2, CLIENT, INNER),
        (1, "2001:DB8::7", "2001:db8::7"),
        (1, f"{CLIENT}:4711", CLIENT),
        (1, f"{FORGED}:1, {CLIENT}:65535", CLIENT),
        (2, f"{FORGED}, {CLIENT}:4711, {INNER}:80", CLIENT),
        (1, "[2001:DB8::7]:4711", "2001:db8::7"),
        (1, "[2001:db8::7]", "2001:db8::7"),
        (1, "2001:db8::7:4711", "2001:db8::7:4711"),
        (1, f"::ffff:{CLIENT}", CLIENT),
        (1, "fe80::1%" + "a" * 3000, "fe80::1"),
        (1, f"{CLIENT}:", INNER),
        (1, f"{CLIENT}:x", INNER),
        (1, f"[{CLIENT}:80", INNER),
        (1, "[2001:db8::7", INNER),
        (1, ":4711", INNER),
        (1, "unknown", INNER),
        (1, "<script>", INNER),
        (1, None, INNER),
    ],
)
def test_the_address(settings: LazySettings, proxies: int, forwarded: str | None, address: str) -> None:
    settings.PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=INNER)
    assert address_of(request) == address
