"""What the tests of applications share."""

import pytest

from tests.applications.landscape import Landscape, landscape


@pytest.fixture
def here(db: None) -> Landscape:
    """The landscape, in a transaction that is rolled back."""
    return landscape()
