"""What the API's tests share."""

from datetime import timedelta

import pytest
from django.utils import timezone

from roles.models import Level
from tests.api.landscape import Landscape, build, caller
from tests.api.organisation import Organisation, organise
from users.models import Token


@pytest.fixture
def landscape(db: None) -> Landscape:
    """Portal and Ledger on their way, and everybody who calls."""
    landscape = build()
    expired = caller("expired", {landscape.development: Level.CHANGE_AND_DEPLOY})
    # time passes only so: behind the console's back
    Token.objects.filter(user=expired.account).update(expires_at=timezone.now() - timedelta(seconds=1))
    landscape.callers["expired"] = expired
    return landscape


@pytest.fixture
def organisation(landscape: Landscape) -> Organisation:
    """The landscape with the people who run it."""
    return organise(landscape)
