"""A shop whose imports take five seconds."""

from __future__ import annotations

import pytest
from shops import Clock

from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.shop.shop import Shop


@pytest.fixture
def shop(clock: Clock) -> Shop:
    return Shop(clock=clock, quirks=Quirks(import_seconds=5))
