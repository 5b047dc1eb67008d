"""What the API's tests share."""

import pytest

from tests.api.landscape import Landscape, build


@pytest.fixture
def landscape(db: None) -> Landscape:
    """Portal and Ledger on their way, and everybody who calls."""
    return build()
