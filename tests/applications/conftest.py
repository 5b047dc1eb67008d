"""What the tests of applications share."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.applications.landscape import Landscape, landscape
from tests.databases import Prepared, prepared


@pytest.fixture(scope="session")
def start(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Prepared[Landscape]]:
    """The database with the landscape in it."""
    with prepared(landscape, django_db_blocker) as start:
        yield start


@pytest.fixture
def begun(start: Prepared[Landscape]) -> Iterator[Landscape]:
    """The landscape, before the test's transaction begins."""
    with start.begun() as things:
        yield things


@pytest.fixture
def here(begun: Landscape, db: None) -> Landscape:
    """The landscape, in a transaction that is rolled back."""
    return begun


@pytest.fixture
def committed(start: Prepared[Landscape], django_db_blocker: DjangoDbBlocker) -> Iterator[Landscape]:
    """The landscape, committed; afterwards the witness must have had nothing to say."""
    with django_db_blocker.unblock(), start.committed() as landscape:
        yield landscape
