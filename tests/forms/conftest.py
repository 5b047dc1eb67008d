"""What the tests that walk through every page share."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from tests.browser.everything import Everything
from tests.databases import Prepared, prepared


@pytest.fixture(scope="session")
def start(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Prepared[Everything]]:
    """The database with everything in it."""
    with prepared(Everything, django_db_blocker) as start:
        yield start


@pytest.fixture
def begun(start: Prepared[Everything]) -> Iterator[Everything]:
    """Everything, before the test's transaction begins."""
    with start.begun() as things:
        yield things


@pytest.fixture
def everything(begun: Everything, db: None) -> Everything:
    """Everything, in a transaction that is rolled back."""
    return begun


@pytest.fixture
def ingrid(everything: Everything) -> Client:
    """The browser of somebody who may do everything."""
    client = Client()
    client.force_login(everything.ingrid)
    return client
