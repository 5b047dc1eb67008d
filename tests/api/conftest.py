"""What the API's tests share."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from roles.models import Level
from tests.api.landscape import Landscape, build, caller
from tests.api.organisation import Organisation, block_sign_ins, organise
from tests.databases import Prepared, prepared
from users.models import Token


def with_one_who_comes_too_late() -> Landscape:
    """Portal and Ledger on their way, and everybody who calls."""
    landscape = build()
    landscape.callers["expired"] = caller("expired", {landscape.development: Level.CHANGE_AND_DEPLOY})
    return landscape


@pytest.fixture(scope="session")
def start(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Prepared[Landscape]]:
    """The database with the landscape in it."""
    with prepared(with_one_who_comes_too_late, django_db_blocker) as start:
        yield start


@pytest.fixture(scope="session")
def organised_start(
    start: Prepared[Landscape], django_db_blocker: DjangoDbBlocker
) -> Iterator[Prepared[Organisation]]:
    """The database with the landscape and the people who run it."""
    with prepared(lambda: organise(start.things), django_db_blocker, start=start) as organised:
        yield organised


@pytest.fixture
def begun(start: Prepared[Landscape]) -> Iterator[Landscape]:
    """The landscape, before the test's transaction begins."""
    with start.begun() as landscape:
        yield landscape


@pytest.fixture
def landscape(begun: Landscape, db: None) -> Landscape:
    """The landscape, in a transaction that is rolled back."""
    time_passes(begun)
    return begun


@pytest.fixture
def organised(organised_start: Prepared[Organisation]) -> Iterator[Organisation]:
    """The organisation, before the test's transaction begins."""
    with organised_start.begun() as organisation:
        yield organisation


@pytest.fixture
def organisation(organised: Organisation, db: None) -> Organisation:
    """The landscape with the people who run it, in a transaction that is rolled back."""
    time_passes(organised.landscape)
    block_sign_ins(organised.ana)
    return organised


def time_passes(landscape: Landscape) -> None:
    """Time passes only so: behind the console's back."""
    expired = Token.objects.filter(user=landscape.callers["expired"].account)
    expired.update(expires_at=timezone.now() - timedelta(seconds=1))
