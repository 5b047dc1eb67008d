"""What the tests of logs share: somebody who may read everything, their browser, something to tell of."""

import pytest
from django.test import Client

from roles.models import Role
from tests import factories
from tests.audit.readers import signed_in
from users.models import User


@pytest.fixture
def reader() -> User:
    return factories.administrator()


@pytest.fixture
def client(reader: User) -> Client:
    return signed_in(reader)


@pytest.fixture
def role() -> Role:
    return factories.role("Tester")
