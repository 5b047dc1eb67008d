"""Default deny: every address wants to know who comes, but the few that cannot."""

from http import HTTPStatus
from uuid import UUID

import pytest
from django.test import Client

from tests.addresses import Address, addresses

OPEN = {"users:sign_in": "who comes is what this page asks"}
NOBODYS = UUID("5c1d9a52-7b0e-4f1e-9d0c-3a2b1c0d9e8f")  # fixed: every process must collect the same tests
ALL = addresses([NOBODYS, 1, "role", "x"])


@pytest.mark.django_db
@pytest.mark.parametrize("address", ALL, ids=str)
def test_a_visitor_gets_nowhere(address: Address) -> None:
    visitor = Client()
    for method in ("get", "post", "put", "delete"):
        response = getattr(visitor, method)(address.path)
        if address.path.startswith("/lifetimeapi/"):
            assert response.status_code == HTTPStatus.FORBIDDEN
        elif address.path.startswith("/api/"):
            assert response.status_code == HTTPStatus.UNAUTHORIZED
        elif address.name not in OPEN:
            assert response.status_code == HTTPStatus.FOUND
            assert response["Location"].startswith("/sign-in/?next=")


def test_pages_have_names() -> None:
    apis = ("/lifetimeapi/", "/api/")
    assert [address for address in ALL if not address.name and not address.path.startswith(apis)] == []
